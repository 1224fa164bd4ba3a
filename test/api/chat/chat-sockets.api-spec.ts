// The chat over sockets, on two API processes.

import { randomUUID } from 'node:crypto';
import { GLOBAL_ROOM_ID, type MessageData, type RoomData } from '../../../src/contracts/chat.js';
import { roomStream } from '../../../src/contracts/events.js';
import { anApiKey } from '../../support/api-keys.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { TestSocket } from '../../support/socket.js';
import { waitFor } from '../../support/wait-for.js';
import { aMessage, aRoom, history } from './chat-builders.js';

describe('the chat over sockets', () => {
  let first: TestApp;
  let second: TestApp;
  let ada: SignedInUser;
  let bob: SignedInUser;
  let eve: SignedInUser;
  const sockets: TestSocket[] = [];

  beforeAll(async () => {
    const settings = { RATE_LIMIT_SOCKET_PER_10_SECONDS: '1000000' };
    first = await startApp({ settings });
    second = await startApp({ services: first.services, settings });
    ada = await aUser(first);
    bob = await aUser(first);
    eve = await aUser(first);
  });

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close();
  });

  afterAll(async () => {
    await second.close();
    await first.close();
  });

  async function connect(app: TestApp, user: SignedInUser): Promise<TestSocket> {
    const socket = await TestSocket.open(app.url, user.accessToken);
    sockets.push(socket);
    return socket;
  }

  const heard = (socket: TestSocket, room: RoomData): unknown[] =>
    socket.eventsOf(roomStream(room.id)).map(({ data }) => data);

  it('brings a message to every socket of every member, and to nobody else', async () => {
    const room = await aRoom(first, ada, { kind: 'private' }, [bob]);
    const [a1, a2, b, e] = [
      await connect(first, ada),
      await connect(second, ada),
      await connect(second, bob),
      await connect(second, eve),
    ];
    expect((await b.opened()).streams).toMatchObject({ [roomStream(room.id)]: 0 });
    expect(Object.keys((await e.opened()).streams)).toContain(roomStream(GLOBAL_ROOM_ID));

    const ack = await a1.ask<{ message: MessageData }>('chat.send', {
      room: room.name,
      body: 'hi',
      clientMessageId: 'm1',
    });
    expect(ack).toMatchObject({ ok: true, data: { message: { room: room.id, seq: 1, body: 'hi' } } });
    const [message] = (await history(first, ada, room.id)).items;
    expect(ack).toEqual({ ok: true, data: { message } });
    for (const socket of [a1, a2, b]) {
      const event = await socket.next('chat.message');
      expect(event).toMatchObject({
        stream: roomStream(room.id),
        seq: 1,
        type: 'chat.message',
        data: message,
      });
    }
    // What eve hears of a later message to all shows that she would have heard of this one.
    await aMessage(first, ada, 'global');
    await e.next('chat.message', ({ stream }: { stream: string }) => stream === roomStream(GLOBAL_ROOM_ID));
    expect(heard(e, room)).toEqual([]);
  });

  it('acknowledges a repeat like the first one, and tells nobody again', async () => {
    const room = await aRoom(first, ada, {}, [bob]);
    const [a, other, b] = [await connect(first, ada), await connect(second, ada), await connect(second, bob)];
    const payload = { room: room.id, body: 'once', clientMessageId: randomUUID() };
    const acks = await Promise.all([a, other, a, other, a].map((socket) => socket.ask('chat.send', payload)));
    expect(acks.map((ack) => JSON.stringify(ack))).toEqual(Array(5).fill(JSON.stringify(acks[0])));
    await aMessage(first, ada, room.id, { body: 'the next' });
    await waitFor('both messages', () => heard(b, room).length >= 2);
    expect(heard(b, room)).toMatchObject([{ body: 'once' }, { body: 'the next' }]);
  });

  it('keeps order and numbers while many send through both processes', async () => {
    const room = await aRoom(first, ada, {}, [bob]);
    const [a, b] = [await connect(first, ada), await connect(second, bob)];
    const sends = Array.from({ length: 300 }, (_, index) => {
      const socket = index % 2 ? a : b;
      return socket.ask('chat.send', { room: room.id, body: String(index), clientMessageId: randomUUID() });
    });
    const acks = await Promise.all(sends);
    expect(acks.every(({ ok }) => ok)).toBe(true);
    for (const socket of [a, b]) {
      await waitFor('all messages', () => heard(socket, room).length >= 300);
      const seqs = socket.eventsOf(roomStream(room.id)).map(({ seq }) => seq);
      expect(seqs).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    }
    expect(heard(a, room)).toEqual(heard(b, room));
  });

  it('takes all sockets of a user into a room they join, and out of one they leave', async () => {
    const room = await aRoom(first, ada);
    await aMessage(first, ada, room.id);
    const [b1, b2] = [await connect(first, bob), await connect(second, bob)];
    const ack = await b1.ask<{ room: RoomData; seq: number }>('room.join', { room: room.name });
    expect(ack).toEqual({ ok: true, data: { room: { ...room, lastSeq: 1, unread: 1 }, seq: 1 } });
    expect(await b1.ask('room.join', { room: room.id })).toEqual(ack);
    // The other process hears of it a moment later.
    await waitFor('both sockets to hear', async () => {
      await aMessage(first, ada, room.id);
      return [b1, b2].every((socket) => heard(socket, room).length > 0);
    });

    expect(await b2.ask('room.leave', { room: room.id })).toMatchObject({
      ok: true,
      data: { room: { id: room.id } },
    });
    const count = await waitFor('both sockets to be out of the room', async () => {
      const before = heard(b1, room).length + heard(b2, room).length;
      const { seq } = await aMessage(first, ada, room.id);
      await aMessage(first, ada, 'global', { body: `after ${seq}` });
      for (const socket of [b1, b2]) {
        await socket.next('chat.message', ({ data }: { data: MessageData }) => data.body === `after ${seq}`);
      }
      const after = heard(b1, room).length + heard(b2, room).length;
      return after === before ? after : undefined;
    });
    expect(count).toBeGreaterThan(0);
    expect(await b1.ask('chat.send', { room: room.id, body: 'still here?' })).toMatchObject({
      ok: false,
      error: { code: 'not_room_member' },
    });
  });

  it('hides a private room', async () => {
    const room = await aRoom(first, ada, { kind: 'private' });
    const e = await connect(second, eve);
    const asked = [
      await e.ask('room.join', { room: room.name }),
      await e.ask('room.leave', { room: room.id }),
      await e.ask('chat.send', { room: room.id, body: 'hi' }),
      await e.ask('chat.read', { room: room.id, seq: 1 }),
      await e.ask('chat.typing', { room: room.id }),
      await e.ask('room.join', { room: 'there-is-none' }),
    ];
    for (const ack of asked) expect(ack).toMatchObject({ ok: false, error: { code: 'room_not_found' } });
    expect(await e.ask('sync', { since: { [roomStream(room.id)]: 0 } })).toMatchObject({
      data: { refused: [roomStream(room.id)] },
    });
    expect(await e.ask('room.leave', { room: 'global' })).toMatchObject({
      ok: false,
      error: { code: 'room_for_everybody' },
    });
  });

  it('refuses malformed payloads and goes on', async () => {
    const room = await aRoom(first, ada);
    const a = await connect(first, ada);
    const refused: [string, unknown][] = [
      ['chat.send', { room: room.id }],
      ['chat.send', { room: room.id, body: '' }],
      ['chat.send', { room: room.id, body: 'x', author: bob.id }],
      ['chat.send', { room: 7, body: 'x' }],
      ['chat.send', null],
      ['chat.read', { room: room.id, seq: -1 }],
      ['chat.read', { room: room.id, seq: '1' }],
      ['chat.typing', [room.id]],
      ['room.join', {}],
    ];
    for (const [event, payload] of refused) {
      expect([event, await a.ask(event, payload)]).toMatchObject([
        event,
        { ok: false, error: { code: 'validation_failed' } },
      ]);
    }
    expect(await a.ask('chat.send', { room: room.id, body: 'fine' })).toMatchObject({ ok: true });
    expect((await history(first, ada, room.id)).items).toHaveLength(1);
  });

  it('tells the others who is typing and how far they have read', async () => {
    const room = await aRoom(first, ada, { kind: 'private' }, [bob]);
    const [a, b] = [await connect(first, ada), await connect(second, bob)];
    await aMessage(first, ada, room.id);
    expect(await b.ask('chat.typing', { room: room.name })).toEqual({ ok: true, data: { room: room.id } });
    expect(await a.next('chat.typing')).toMatchObject({
      stream: roomStream(room.id),
      seq: null,
      data: { room: room.id, userId: bob.id, username: bob.username },
    });
    const read = { room: room.id, userId: bob.id, seq: 1 };
    expect(await b.ask('chat.read', { room: room.id, seq: 5 })).toEqual({
      ok: true,
      data: { ...read, unread: 0 },
    });
    expect(await a.next('chat.read')).toMatchObject({ seq: null, data: read });
    expect(b.received.filter(({ event }) => event === 'chat.typing')).toEqual([]);
  });

  it('lets a key do what its scopes say', async () => {
    const room = await aRoom(first, ada);
    const { key } = await anApiKey(first, ada, { scopes: ['chat:read'] });
    const socket = TestSocket.to(first.url, { auth: { apiKey: key } });
    sockets.push(socket);
    await socket.opened();
    expect(await socket.ask('chat.send', { room: room.id, body: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'insufficient_scope' },
    });
  });
});
