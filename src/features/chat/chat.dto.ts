// What the chat takes and answers, over HTTP and sockets.

import { z } from 'zod';
import { boundedText, timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import { ROOM_KINDS } from '../../contracts/chat.js';

const ROOM_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const seq = z.int().min(0);

/** Id or name of a room. Both have the same alphabet; whatever is no id is a name. */
export const roomReference = z.string().toLowerCase().regex(ROOM_NAME, 'must be the id or name of a room');

export const createRoomSchema = z.strictObject({
  name: z
    .string()
    .regex(ROOM_NAME, 'must have 1 to 64 lower-case letters, digits and hyphens, and no hyphen first')
    .refine((name) => !uuid.safeParse(name).success, 'must not look like an id'),
  kind: z.enum(ROOM_KINDS).default('public'),
});
export type CreateRoomRequest = z.infer<typeof createRoomSchema>;

export const listRoomsSchema = z.strictObject(pageFields);
export type ListRoomsRequest = z.infer<typeof listRoomsSchema>;

export const roomParams = z.strictObject({ room: roomReference });
export type RoomParams = z.infer<typeof roomParams>;

export const memberParams = z.strictObject({ room: roomReference, userId: uuid });
export type MemberParams = z.infer<typeof memberParams>;

export const addMemberSchema = z.strictObject({ userId: uuid });
export type AddMemberRequest = z.infer<typeof addMemberSchema>;

const content = { body: boundedText(1, 4_000), clientMessageId: boundedText(1, 64).optional() };
export const sendMessageSchema = z.strictObject(content);
export type SendMessageRequest = z.infer<typeof sendMessageSchema>;

const place = z.coerce.number().int().min(0).optional();
export const listMessagesSchema = z
  .strictObject({
    before: place.meta({ description: 'Only messages before this `seq`, the newest of them.' }),
    after: place.meta({ description: 'Only messages after this `seq`, the oldest of them.' }),
    offset: place.meta({ description: 'Leaves out as many of the newest messages.' }),
    ...pageFields,
  })
  .refine(
    ({ before, after, offset, cursor }) =>
      [before, after, offset, cursor].filter((given) => given !== undefined).length <= 1,
    'takes only one of before, after, offset and cursor',
  );
export type ListMessagesRequest = z.infer<typeof listMessagesSchema>;

// Payloads of client events.
export const roomEventSchema = z.strictObject({ room: roomReference });
export type RoomEvent = z.infer<typeof roomEventSchema>;
export const sendEventSchema = z.strictObject({ room: roomReference, ...content });
export type SendEvent = z.infer<typeof sendEventSchema>;
export const readEventSchema = z.strictObject({ room: roomReference, seq });
export type ReadEvent = z.infer<typeof readEventSchema>;

export const roomResponseSchema = z
  .object({
    id: uuid,
    name: z.string(),
    kind: z.enum(ROOM_KINDS),
    createdAt: timestamp,
    lastSeq: seq,
    unread: z.int().min(0),
  })
  .meta({ id: 'Room' });
export const roomPageSchema = pageSchema(roomResponseSchema);

export const memberResponseSchema = z
  .object({ room: uuid, userId: uuid, joinedAt: timestamp.nullable() })
  .meta({ id: 'RoomMember' });
export type MemberResponse = z.infer<typeof memberResponseSchema>;

export const messageResponseSchema = z
  .object({
    id: uuid,
    room: uuid,
    seq: z.int().min(1),
    author: z.object({ id: uuid, username: z.string().nullable(), name: z.string().nullable() }),
    body: z.string(),
    clientMessageId: z.string().nullable(),
    createdAt: timestamp,
  })
  .meta({ id: 'Message' });
export const messagePageSchema = pageSchema(messageResponseSchema);

export const unreadResponseSchema = z.object({
  total: z.int().min(0),
  rooms: z.array(z.object({ room: uuid, unread: z.int().min(0), lastSeq: seq, readSeq: seq })),
});
export type UnreadResponse = z.infer<typeof unreadResponseSchema>;
