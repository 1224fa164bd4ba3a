// Rooms and messages that the chat tests need, made over HTTP.

import { randomUUID } from 'node:crypto';
import type { MessageData, RoomData } from '../../../src/contracts/chat.js';
import type { TestApp } from '../../support/app.js';
import type { SignedInUser } from '../../support/builders.js';

/** A room of `owner`, with `members` added by them. */
export async function aRoom(
  app: TestApp,
  owner: SignedInUser,
  fields: { name?: string; kind?: 'public' | 'private' } = {},
  members: readonly SignedInUser[] = [],
): Promise<RoomData> {
  const answer = await app
    .http()
    .post('/api/v1/chat/rooms')
    .set(owner.headers)
    .send({ name: `room-${randomUUID().slice(0, 8)}`, ...fields })
    .expect(201);
  const room = answer.body as RoomData;
  for (const { id: userId } of members) {
    await app
      .http()
      .post(`/api/v1/chat/rooms/${room.id}/members`)
      .set(owner.headers)
      .send({ userId })
      .expect(201);
  }
  return room;
}

/** Sends a message of `author` to a room by id or name. */
export async function aMessage(
  app: TestApp,
  author: SignedInUser,
  room: string,
  fields: { body?: string; clientMessageId?: string } = {},
): Promise<MessageData> {
  const answer = await app
    .http()
    .post(`/api/v1/chat/rooms/${room}/messages`)
    .set(author.headers)
    .send({ body: 'hello', ...fields });
  if (answer.status !== 201 && answer.status !== 200) throw new Error(`not sent: ${answer.text}`);
  return answer.body as MessageData;
}

export interface UnreadOfRoom {
  room: string;
  unread: number;
  lastSeq: number;
  readSeq: number;
}

/** What `user` has not read in one room. */
export async function unreadIn(app: TestApp, user: SignedInUser, roomId: string): Promise<UnreadOfRoom> {
  const { body } = await app.http().get('/api/v1/chat/unread').set(user.headers).expect(200);
  const { rooms } = body as { rooms: UnreadOfRoom[] };
  const found = rooms.find(({ room }) => room === roomId);
  if (!found) throw new Error(`${user.username} is not in ${roomId}`);
  return found;
}

/** The messages that a request for history answers with. */
export async function history(
  app: TestApp,
  reader: SignedInUser,
  room: string,
  query: Record<string, string | number> = {},
): Promise<{ items: MessageData[]; nextCursor: string | null }> {
  const { body } = await app
    .http()
    .get(`/api/v1/chat/rooms/${room}/messages`)
    .query(query)
    .set(reader.headers)
    .expect(200);
  return body as { items: MessageData[]; nextCursor: string | null };
}
