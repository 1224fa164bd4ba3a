// Every event and acknowledgement in words and as a schema. The types tie each line to the contract: an event
// that is missing here, or has other data there, does not compile.

import { z } from 'zod';
import { timestamp, uuid } from '../common/http/fields.js';
import type { ReadData, RoomUserData } from '../contracts/chat.js';
import type {
  ClientEventType,
  ClientEventTypes,
  EventType,
  EventTypes,
  SocketNotices,
  TransientEventType,
  TransientEventTypes,
} from '../contracts/events.js';
import { messageResponseSchema, roomResponseSchema } from '../features/chat/chat.dto.js';
import { jobResponseSchema } from '../features/jobs/jobs.dto.js';
import { notificationResponseSchema } from '../features/notifications/notifications.dto.js';
import { taskResponseSchema } from '../features/tasks/tasks.dto.js';
import { trainingMetricsSchema } from '../features/training/training.dto.js';

interface Described<Data> {
  readonly summary: string;
  readonly data: z.ZodType<Data>;
}

interface StreamEvent<Data> extends Described<Data> {
  /** Whose stream it is in. */
  readonly stream: 'user' | 'room';
}

const seq = z.int().min(0);
const roomUser: z.ZodType<RoomUserData> = z
  .object({ room: uuid, userId: uuid, username: z.string().nullable() })
  .meta({ id: 'RoomUser' });
const training = { jobId: uuid, modelId: uuid };
const readMarker = z.object({ room: uuid, userId: uuid, seq });
const userEvent = <Data>(summary: string, data: z.ZodType<Data>): StreamEvent<Data> => ({
  stream: 'user',
  summary,
  data,
});
const roomEvent = <Data>(summary: string, data: z.ZodType<Data>): StreamEvent<Data> => ({
  stream: 'room',
  summary,
  data,
});

/** Kept in the log, with a `seq`. */
export const STORED_EVENTS: { readonly [Type in EventType]: StreamEvent<EventTypes[Type]> } = {
  'task.created': userEvent('The user has a new task.', taskResponseSchema),
  'task.updated': userEvent('A task was changed.', taskResponseSchema),
  'task.deleted': userEvent('A task is gone, or belongs to somebody else now.', z.object({ id: uuid })),
  'job.succeeded': userEvent('A job that the user started is done.', jobResponseSchema),
  'job.failed': userEvent('A job that the user started has failed for good.', jobResponseSchema),
  'job.canceled': userEvent('A job that the user started was canceled.', jobResponseSchema),
  'training.succeeded': userEvent(
    'A training has made a version of its model.',
    z.object({ ...training, version: z.int(), metrics: trainingMetricsSchema }),
  ),
  'training.failed': userEvent(
    'A training has failed for good, and this is why.',
    z.object({ ...training, error: z.object({ code: z.string(), detail: z.string() }) }),
  ),
  'training.canceled': userEvent('A training was canceled.', z.object(training)),
  'notification.created': userEvent('Something is new in the feed.', notificationResponseSchema),
  'model.version_created': userEvent(
    'A model of the user has a new version, which is its `latest` now.',
    z.object({ modelId: uuid, version: z.int() }),
  ),
  'prediction.completed': userEvent(
    'A prediction that was not waited for has its result.',
    z.object({ id: uuid, modelId: uuid, version: z.int() }),
  ),
  'chat.message': roomEvent(
    'Somebody wrote a message; its `seq` is that of the event.',
    messageResponseSchema,
  ),
};

/** Told to whoever is there, with `seq: null`. */
export const TRANSIENT_EVENTS: {
  readonly [Type in TransientEventType]: StreamEvent<TransientEventTypes[Type]>;
} = {
  'job.progress': userEvent('How far a running job is; at most five times a second.', jobResponseSchema),
  'training.progress': userEvent(
    'How far a training is, with the loss after the last round on the rows learned from and on others.',
    z.object({
      ...training,
      progress: z.int().min(0).max(100),
      round: z.int(),
      rounds: z.int(),
      train: z.number().nullable(),
      valid: z.number().nullable(),
      etaMs: z
        .number()
        .nullable()
        .meta({ description: 'Milliseconds left at this pace, once there is one.' }),
    }),
  ),
  'chat.read': roomEvent<ReadData>('Somebody has read the room up to `data.seq`.', readMarker),
  'chat.typing': roomEvent('Somebody else is writing.', roomUser),
  'presence.joined': roomEvent('The first socket of a user is in the room.', roomUser),
  'presence.left': roomEvent('The last socket of a user has been gone for five seconds.', roomUser),
};

/** What the server tells one socket about itself. */
export const NOTICES: { readonly [Name in keyof SocketNotices]: Described<SocketNotices[Name]> } = {
  connection: {
    summary: 'The first thing a socket hears: its streams, and the `seq` after which it hears all of each.',
    data: z.object({
      userId: uuid,
      socketId: z.string(),
      serverTime: timestamp,
      streams: z.record(z.string(), seq),
    }),
  },
  'session.closed': {
    summary:
      'The server is about to cut this socket: its credential has ended, or its client does not read (`client_too_slow`).',
    data: z.object({ code: z.string(), reason: z.string() }),
  },
  'server.draining': {
    summary: 'This process is about to end. Connect again: another one answers.',
    data: z.object({}),
  },
  'replay.gap': {
    summary: 'During `sync`: events of this stream before `from` are not kept any more.',
    data: z.object({ stream: z.string(), from: seq }),
  },
};

/** Each client event, with the data of its acknowledgement; its payload is the gateway's own schema. */
export const CLIENT_EVENTS: {
  readonly [Name in ClientEventType]: Described<ClientEventTypes[Name]['data']>;
} = {
  echo: { summary: 'Comes back as it is.', data: z.unknown() },
  sync: {
    summary:
      'Sends what was missed, stream by stream and in order, then acknowledges; live events go on from there.',
    data: z.object({ replayed: z.int().min(0), gaps: z.array(z.string()), refused: z.array(z.string()) }),
  },
  'auth.refresh': {
    summary: 'The socket lives on with a new access token of the same user.',
    data: z.object({ expiresAt: timestamp.nullable() }),
  },
  'room.join': {
    summary: 'Makes the user a member; `seq` is that of the newest message so far.',
    data: z.object({ room: roomResponseSchema, seq }),
  },
  'room.leave': {
    summary: 'Ends the membership.',
    data: z.object({ room: roomResponseSchema, seq }),
  },
  'chat.send': {
    summary:
      'Stores a message, acknowledges it, then tells the room. A repeated `clientMessageId` stores nothing.',
    data: z.object({ message: messageResponseSchema }),
  },
  'chat.read': {
    summary: 'Moves the read marker forward.',
    data: readMarker.extend({ unread: z.int().min(0) }),
  },
  'chat.typing': { summary: 'Tells the others in the room.', data: z.object({ room: uuid }) },
};
