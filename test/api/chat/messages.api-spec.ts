// Messages: order, repeats, history and what is left to read.

import { randomUUID } from 'node:crypto';
import { ERASED_AUTHOR, type MessageData, type RoomData } from '../../../src/contracts/chat.js';
import { roomStream } from '../../../src/contracts/events.js';
import { AccountErasure } from '../../../src/features/users/account-erasure.js';
import { ChatMessagesService } from '../../../src/features/chat/chat-messages.service.js';
import { ChatRoomsService } from '../../../src/features/chat/chat-rooms.service.js';
import { Events } from '../../../src/infra/events/events.js';
import { anApiKey } from '../../support/api-keys.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { aMessage, aRoom, history, unreadIn } from './chat-builders.js';

describe('messages', () => {
  let app: TestApp;
  let ada: SignedInUser;
  let bob: SignedInUser;
  let room: RoomData;

  beforeAll(async () => {
    app = await startApp();
    ada = await aUser(app);
    bob = await aUser(app);
  });

  beforeEach(async () => {
    room = await aRoom(app, ada, { kind: 'private' }, [bob]);
  });

  afterAll(() => app.close());

  const send = (author: SignedInUser, body: object) =>
    app.http().post(`/api/v1/chat/rooms/${room.id}/messages`).set(author.headers).send(body);
  const seqs = (messages: readonly MessageData[]): number[] => messages.map(({ seq }) => seq);
  const storedEvents = async () => (await app.get(Events).read(roomStream(room.id), 0, 1_000)).items;
  const markRead = (user: SignedInUser, seq: number) =>
    app.get(ChatRoomsService).markRead(user.id, room.id, seq);

  it('are numbered from 1, and are the events of the room', async () => {
    const { body: first } = await send(ada, { body: 'one' }).expect(201);
    const second = await aMessage(app, bob, room.id, { body: 'two', clientMessageId: 'b-2' });
    expect(first).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/) as string,
      room: room.id,
      seq: 1,
      author: { id: ada.id, username: ada.username, name: null },
      body: 'one',
      clientMessageId: null,
      createdAt: expect.stringMatching(/Z$/) as string,
    });
    expect(second).toMatchObject({ seq: 2, clientMessageId: 'b-2' });
    expect((await history(app, bob, room.id)).items).toEqual([first, second]);
    expect((await storedEvents()).map(({ seq, type, data }) => [seq, type, data])).toEqual([
      [1, 'chat.message', first],
      [2, 'chat.message', second],
    ]);
  });

  it.each([
    ['no body', {}],
    ['an empty body', { body: '' }],
    ['4,001 characters', { body: 'x'.repeat(4_001) }],
    ['a body that is no text', { body: 7 }],
    ['an empty clientMessageId', { body: 'x', clientMessageId: '' }],
    ['a clientMessageId of 65 characters', { body: 'x', clientMessageId: 'x'.repeat(65) }],
    ['an author', { body: 'x', author: { id: '1' } }],
    ['a NUL', { body: 'a\0b' }],
  ])('are refused with %s', async (_what, body) => {
    expect((await send(ada, body)).status).toBe(422);
    expect((await history(app, ada, room.id)).items).toEqual([]);
  });

  it('are counted in code points and kept as they are', async () => {
    const body = '🚂'.repeat(3_999) + '\n';
    await send(ada, { body, clientMessageId: '𝒳'.repeat(64) }).expect(201);
    expect((await history(app, bob, room.id)).items[0]?.body).toBe(body);
  });

  it('are stored once however often they are sent', async () => {
    const body = { body: 'once', clientMessageId: randomUUID() };
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => send(ada, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    for (const answer of answers) expect(answer.body).toEqual(answers[0]?.body);
    expect((await send(ada, { ...body, body: 'changed' }).expect(200)).body).toEqual(answers[0]?.body);
    expect((await history(app, ada, room.id)).items).toHaveLength(1);
    expect(await storedEvents()).toHaveLength(1);
  });

  it('have a clientMessageId of their author, whatever the room', async () => {
    const clientMessageId = randomUUID();
    const other = await aRoom(app, ada, {}, [bob]);
    const both = await Promise.all(
      [room.id, other.id].map((id) => aMessage(app, ada, id, { clientMessageId })),
    );
    expect(both[0]).toEqual(both[1]);
    const bobs = await aMessage(app, bob, room.id, { clientMessageId });
    expect(bobs.id).not.toBe(both[0]?.id);
  });

  it('keep one order when two processes store them at once', async () => {
    const second = await startApp({ services: app.services });
    const first = Promise.all(
      Array.from({ length: 60 }, (_, index) => aMessage(app, ada, room.id, { body: `a${index}` })),
    );
    const others = Promise.all(
      Array.from({ length: 60 }, (_, index) => aMessage(second, bob, room.id, { body: `b${index}` })),
    );
    const sent = [...(await first), ...(await others)].sort((one, other) => one.seq - other.seq);
    await second.close();
    expect(seqs(sent)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
    const events = await storedEvents();
    expect(events.map(({ data }) => data)).toEqual(sent);
    expect((await history(app, bob, room.id, { limit: 100, after: 0 })).items).toEqual(sent.slice(0, 100));
    const times = sent.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort());
  });

  it('are answered again with an Idempotency-Key, and kept only once', async () => {
    const once = () => send(ada, { body: 'keyed' }).set('Idempotency-Key', room.id).expect(201);
    const [first, second] = [await once(), await once()];
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.body).toEqual(first.body);
    expect((await history(app, ada, room.id)).items).toEqual([first.body]);
  });

  it('need the scope of a key', async () => {
    const reader = await anApiKey(app, ada, { scopes: ['chat:read'] });
    const path = `/api/v1/chat/rooms/${room.id}/messages`;
    await app.http().get(path).set(reader.headers).expect(200);
    const refused = await app.http().post(path).set(reader.headers).send({ body: 'no' }).expect(403);
    expect(refused.body).toMatchObject({ code: 'insufficient_scope' });
  });

  describe('as history', () => {
    let past: RoomData;

    // Most tests only read it.
    beforeAll(async () => {
      past = await aPast(25);
    });

    async function aPast(messages: number): Promise<RoomData> {
      const created = await aRoom(app, ada, { kind: 'private' }, [bob]);
      for (let count = 0; count < messages; count += 1) await aMessage(app, ada, created.id);
      return created;
    }

    it.each<[string, Record<string, number>, number, number]>([
      ['the newest 20', {}, 6, 25],
      ['the newest of a limit', { limit: 3 }, 23, 25],
      ['those before', { before: 10, limit: 4 }, 6, 9],
      ['those after', { after: 10, limit: 4 }, 11, 14],
      ['those behind an offset', { offset: 5, limit: 4 }, 17, 20],
      ['the rest behind an offset', { offset: 23 }, 1, 2],
      ['the last after', { after: 24 }, 25, 25],
    ])('shows %s', async (_what, query, first, last) => {
      const { items } = await history(app, bob, past.id, query);
      expect(seqs(items)).toEqual(Array.from({ length: last - first + 1 }, (_, index) => first + index));
    });

    it('is empty beyond its ends', async () => {
      const beyond: Record<string, number>[] = [
        { before: 1 },
        { before: 0 },
        { after: 25 },
        { after: 9e15 },
        { offset: 25 },
      ];
      for (const query of beyond) {
        expect(await history(app, bob, past.id, query)).toEqual({ items: [], nextCursor: null });
      }
    });

    it.each<Record<string, number>>([{}, { after: 0 }])('goes on by cursor from %j', async (start) => {
      const growing = await aPast(13);
      const seen: number[] = [];
      let page = await history(app, bob, growing.id, { ...start, limit: 5 });
      seen.push(...seqs(page.items));
      await aMessage(app, ada, growing.id);
      while (page.nextCursor !== null) {
        page = await history(app, bob, growing.id, { cursor: page.nextCursor, limit: 5 });
        seen.push(...seqs(page.items));
      }
      const expected = Array.from({ length: 'after' in start ? 14 : 13 }, (_, index) => index + 1);
      expect(seen.sort((one, other) => one - other)).toEqual(expected);
    });

    it.each(['before=1&after=2', 'before=-1', 'after=x', 'offset=1.5', 'limit=0', 'limit=101', 'cursor=x'])(
      'refuses %s',
      async (query) => {
        const path = `/api/v1/chat/rooms/${past.id}/messages?${query}`;
        await app.http().get(path).set(bob.headers).expect(422);
      },
    );
  });

  describe('that are not read', () => {
    it('are those of others after the marker', async () => {
      for (const author of [ada, bob, ada, ada, bob]) await aMessage(app, author, room.id);
      expect((await unreadIn(app, ada, room.id)).unread).toBe(2);
      expect((await unreadIn(app, bob, room.id)).unread).toBe(3);
      expect(await markRead(bob, 3)).toEqual({ room: room.id, userId: bob.id, seq: 3, unread: 1 });
      expect(await unreadIn(app, bob, room.id)).toEqual({ room: room.id, unread: 1, lastSeq: 5, readSeq: 3 });
      const { body } = await app.http().get('/api/v1/chat/unread').set(bob.headers).expect(200);
      const { total, rooms } = body as { total: number; rooms: { unread: number }[] };
      expect(total).toBe(rooms.reduce((sum, { unread }) => sum + unread, 0));
    });

    it('only become fewer by reading on', async () => {
      for (let count = 0; count < 4; count += 1) await aMessage(app, ada, room.id);
      expect(await markRead(bob, 3)).toMatchObject({ seq: 3, unread: 1 });
      expect(await markRead(bob, 1)).toMatchObject({ seq: 3, unread: 1 });
      expect(await markRead(bob, 900)).toMatchObject({ seq: 4, unread: 0 });
      await aMessage(app, ada, room.id);
      expect((await unreadIn(app, bob, room.id)).unread).toBe(1);
    });

    it('are counted right while many write and read at once', async () => {
      const work = Array.from({ length: 40 }, async (_, index) => {
        const { seq } = await aMessage(app, index % 2 ? ada : bob, room.id);
        if (index % 5 === 0) await markRead(bob, seq);
      });
      await Promise.all(work);
      const { readSeq, unread } = await unreadIn(app, bob, room.id);
      const all = (await history(app, bob, room.id, { limit: 100 })).items;
      const left = all.filter(({ seq, author }) => seq > readSeq && author.id !== bob.id);
      expect(unread).toBe(left.length);
    });
  });

  it('lose author and text with the account, and keep their place', async () => {
    const gone = await aUser(app);
    room = await aRoom(app, gone, {}, [ada, bob]);
    await aMessage(app, ada, room.id, { body: 'stays' });
    await aMessage(app, gone, room.id, { body: 'a secret of mine', clientMessageId: 'mine' });
    await app.get(AccountErasure).erase(gone.id);

    const { items } = await history(app, bob, room.id);
    expect(items).toMatchObject([
      { seq: 1, body: 'stays' },
      { seq: 2, body: '', author: ERASED_AUTHOR, clientMessageId: null },
    ]);
    expect((await storedEvents()).map(({ data }) => data)).toEqual(items);
    expect((await unreadIn(app, bob, room.id)).unread).toBe(2);
    const owners = await app.database.query('SELECT owner_id AS owner FROM chat_rooms WHERE id = $1', [
      room.id,
    ]);
    expect(owners).toEqual([{ owner: ada.id }]);
    await expect(
      app.get(ChatMessagesService).send(gone.id, room.id, { body: 'again' }),
    ).rejects.toMatchObject({ code: 'user_not_found' });
  });
});
