// Every server event: its type and its data. A stream is the ordered, gapless history of one user or one
// room; what is not stored is sent with `seq: null`.

import type { MessageData, ReadData, RoomData, RoomUserData } from './chat.js';
import type { JobState } from './jobs.js';
import type { TrainingMetrics, TrainingProgressData } from './training.js';
import type { CausedNotification, NotificationDetails } from './notifications.js';

export interface TaskData {
  id: string;
  title: string;
  description: string;
  status: string;
  priority: string;
  dueAt: string | null;
  ownerId: string;
  version: number;
  createdAt: string;
  updatedAt: string;
}

export interface JobData {
  id: string;
  name: string;
  state: JobState;
  progress: number;
  result: unknown;
  error: { code: string; detail: string } | null;
  attempts: number;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

export interface NotificationData {
  id: string;
  type: CausedNotification;
  title: string;
  body: string;
  data: NotificationDetails[CausedNotification];
  readAt: string | null;
  archivedAt: string | null;
  createdAt: string;
}

/** Data of each stored event by type. */
export interface EventTypes {
  'task.created': TaskData;
  'task.updated': TaskData;
  'task.deleted': { id: string };
  'job.succeeded': JobData;
  'job.failed': JobData;
  'job.canceled': JobData;
  'training.succeeded': { jobId: string; modelId: string; version: number; metrics: TrainingMetrics };
  'training.failed': { jobId: string; modelId: string; error: { code: string; detail: string } };
  'training.canceled': { jobId: string; modelId: string };
  /** The only stored event of a room's stream: its `seq` is the message's. */
  'chat.message': MessageData;
  'notification.created': NotificationData;
  'model.version_created': { modelId: string; version: number };
  /** A prediction that was not waited for; `id` is its own. */
  'prediction.completed': { id: string; modelId: string; version: number };
}

export type EventType = keyof EventTypes;

/** Data of each event that is told but not stored, by type. */
export interface TransientEventTypes {
  'job.progress': JobData;
  'training.progress': TrainingProgressData;
  'chat.read': ReadData;
  'chat.typing': RoomUserData;
  /** The first socket of a user is in the room. */
  'presence.joined': RoomUserData;
  /** The last one has been gone for five seconds. */
  'presence.left': RoomUserData;
}

export type TransientEventType = keyof TransientEventTypes;

export interface EventEnvelope<Type extends EventType = EventType> {
  id: string;
  stream: string;
  /** Grows by one per stream, from 1, with no gap. */
  seq: number;
  type: Type;
  at: string;
  data: EventTypes[Type];
}

/** An event that is not stored: it has no place in its stream. */
export interface TransientEnvelope<Type extends TransientEventType = TransientEventType> {
  id: string;
  stream: string;
  seq: null;
  type: Type;
  at: string;
  data: TransientEventTypes[Type];
}

/** What the server says to one socket about itself; no events of a stream. */
export interface SocketNotices {
  /** The first thing a socket hears: the streams it is in, and the `seq` after which it hears all of each. */
  connection: { userId: string; socketId: string; serverTime: string; streams: Record<string, number> };
  /** Right before the server cuts the socket. */
  'session.closed': { code: string; reason: string };
  /** The process is about to end: connect again, to another one. */
  'server.draining': Record<string, never>;
  /** During `sync`: what was asked for is older than what is kept; the replay goes on from `from`. */
  'replay.gap': { stream: string; from: number };
}

/** The acknowledgement of every client event. */
export type EventAck<Data = unknown> =
  | { ok: true; data: Data }
  | { ok: false; error: { code: string; detail: string; [member: string]: unknown } };

/** Payload and acknowledged data of each client event. */
export interface ClientEventTypes {
  echo: { payload: unknown; data: unknown };
  sync: {
    /** The last `seq` known of each stream. */
    payload: { since: Record<string, number> };
    data: { replayed: number; gaps: string[]; refused: string[] };
  };
  'auth.refresh': { payload: { token: string }; data: { expiresAt: string | null } };
  /** `room`, here and below: id or name. `seq`: messages after it are heard live. */
  'room.join': { payload: { room: string }; data: { room: RoomData; seq: number } };
  'room.leave': { payload: { room: string }; data: { room: RoomData; seq: number } };
  'chat.send': {
    payload: { room: string; body: string; clientMessageId?: string };
    data: { message: MessageData };
  };
  /** Acknowledged with the marker as it stands, which only moves forward, and what is left to read. */
  'chat.read': { payload: { room: string; seq: number }; data: ReadData & { unread: number } };
  'chat.typing': { payload: { room: string }; data: { room: string } };
}

export type ClientEventType = keyof ClientEventTypes;

/** Name of the stream with everything that happens to one user. */
export function userStream(userId: string): string {
  return `user:${userId}`;
}

/** Name of the stream with the messages of one room. */
export function roomStream(roomId: string): string {
  return `room:${roomId}`;
}
