// Rooms: who sees which, who may add and remove whom.

import { GLOBAL_ROOM_ID } from '../../../src/contracts/chat.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { aMessage, aRoom, unreadIn } from './chat-builders.js';

describe('rooms', () => {
  let app: TestApp;
  let ada: SignedInUser;
  let bob: SignedInUser;
  let eve: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    ada = await aUser(app);
    bob = await aUser(app);
    eve = await aUser(app);
  });

  afterAll(() => app.close());

  const get = (user: SignedInUser, path: string) => app.http().get(`/api/v1/chat${path}`).set(user.headers);
  const post = (user: SignedInUser, path: string, body: object) =>
    app.http().post(`/api/v1/chat${path}`).set(user.headers).send(body);
  const remove = (user: SignedInUser, path: string) =>
    app.http().delete(`/api/v1/chat${path}`).set(user.headers);

  async function names(user: SignedInUser): Promise<string[]> {
    const { body } = await get(user, '/rooms?limit=100').expect(200);
    return (body as { items: { name: string }[] }).items.map(({ name }) => name);
  }

  it('has the global room first, and everybody is in it', async () => {
    const { body } = await get(eve, '/rooms').expect(200);
    expect((body as { items: unknown[] }).items[0]).toEqual({
      id: GLOBAL_ROOM_ID,
      name: 'global',
      kind: 'public',
      createdAt: expect.stringMatching(/Z$/) as string,
      lastSeq: expect.any(Number) as number,
      unread: expect.any(Number) as number,
    });
    await post(ada, '/rooms/global/messages', { body: 'to all' }).expect(201);
    expect((await unreadIn(app, eve, GLOBAL_ROOM_ID)).unread).toBeGreaterThan(0);
    await post(ada, '/rooms/global/members', { userId: bob.id }).expect(200);
    const { body: problem } = await remove(ada, `/rooms/global/members/${ada.id}`).expect(409);
    expect(problem).toMatchObject({ code: 'room_for_everybody' });
  });

  it('walks the list by cursor, each room once', async () => {
    for (let count = 0; count < 4; count += 1) await aRoom(app, ada);
    const walked: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await get(ada, `/rooms?limit=2${cursor && `&cursor=${cursor}`}`).expect(200);
      const page = body as { items: { name: string }[]; nextCursor: string | null };
      walked.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor;
    }
    expect(walked).toEqual(await names(ada));
    expect(new Set(walked).size).toBe(walked.length);
    await get(ada, '/rooms?cursor=bm9uc2Vuc2U').expect(422);
  });

  it('belongs to whoever creates it, who is a member', async () => {
    const answer = await post(ada, '/rooms', { name: 'workshop' }).expect(201);
    expect(answer.body).toMatchObject({ name: 'workshop', kind: 'public', lastSeq: 0, unread: 0 });
    const { id } = answer.body as { id: string };
    expect(await unreadIn(app, ada, id)).toEqual({ room: id, unread: 0, lastSeq: 0, readSeq: 0 });
    expect((await post(bob, '/rooms', { name: 'workshop', kind: 'private' }).expect(409)).body).toMatchObject(
      {
        code: 'room_name_taken',
      },
    );
  });

  it.each([
    '',
    'Upper',
    '-first',
    'with space',
    'ünicode',
    'x'.repeat(65),
    '01890a5d-ac96-774b-bcce-b302099a8057',
  ])('refuses the name "%s"', async (name) => {
    await post(ada, '/rooms', { name }).expect(422);
  });

  it('refuses unknown kinds and fields', async () => {
    await post(ada, '/rooms', { name: 'kinds', kind: 'secret' }).expect(422);
    await post(ada, '/rooms', { name: 'kinds', ownerId: bob.id }).expect(422);
  });

  it('is shown by id and by name alike', async () => {
    const room = await aRoom(app, ada, { name: 'two-names' });
    await aMessage(app, ada, 'two-names');
    await aMessage(app, ada, room.id.toUpperCase());
    const { body } = await get(ada, '/rooms/two-names/messages').expect(200);
    expect((body as { items: { room: string }[] }).items.map((message) => message.room)).toEqual([
      room.id,
      room.id,
    ]);
    await get(ada, '/rooms/nowhere/messages').expect(404);
    await get(ada, '/rooms/01890a5d-ac96-774b-bcce-b302099a8057/messages').expect(404);
    await get(ada, '/rooms/not%20a%20room/messages').expect(422);
  });

  it('keeps a private room from everybody else', async () => {
    const room = await aRoom(app, ada, { name: 'secret-plan', kind: 'private' }, [bob]);
    await aMessage(app, bob, room.id);
    expect(await names(bob)).toContain('secret-plan');
    expect(await names(eve)).not.toContain('secret-plan');
    for (const path of ['secret-plan', room.id]) {
      const refused = [
        await get(eve, `/rooms/${path}/messages`),
        await post(eve, `/rooms/${path}/messages`, { body: 'let me in' }),
        await post(eve, `/rooms/${path}/members`, { userId: eve.id }),
        await remove(eve, `/rooms/${path}/members/${bob.id}`),
        await remove(eve, `/rooms/${path}/members/${eve.id}`),
      ];
      expect(refused.map(({ status, body }) => [status, (body as { code: string }).code])).toEqual(
        refused.map(() => [404, 'room_not_found']),
      );
    }
    const { body } = await get(eve, '/unread').expect(200);
    expect(JSON.stringify(body)).not.toContain(room.id);
  });

  it('lets any member add somebody, once', async () => {
    const room = await aRoom(app, ada, { kind: 'private' }, [bob]);
    const members = `/rooms/${room.id}/members`;
    expect((await post(bob, members, { userId: eve.id }).expect(201)).body).toEqual({
      room: room.id,
      userId: eve.id,
      joinedAt: expect.stringMatching(/Z$/) as string,
    });
    await post(ada, members, { userId: eve.id }).expect(200);
    await aMessage(app, eve, room.id);
    const stranger = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect((await post(ada, members, { userId: stranger }).expect(404)).body).toMatchObject({
      code: 'user_not_found',
    });
  });

  it('notifies who was added by somebody else', async () => {
    const room = await aRoom(app, ada, { name: 'invited' }, [bob]);
    const mails = await app.database.query(
      `SELECT owner_id AS "ownerId" FROM jobs WHERE name = 'mail.room_invitation' AND payload ->> 'room' = $1`,
      [room.id],
    );
    expect(mails).toEqual([{ ownerId: bob.id }]);
    const events = await app.http().get('/api/v1/events?limit=100').set(bob.headers).expect(200);
    expect((events.body as { items: unknown[] }).items).toContainEqual(
      expect.objectContaining({
        type: 'notification.created',
        data: expect.objectContaining({
          type: 'room_invitation',
          data: {
            room: room.id,
            name: 'invited',
            invitedBy: { id: ada.id, username: ada.username, name: null },
          },
        }) as object,
      }),
    );
  });

  it('lets anybody into a public room, but only members write and add', async () => {
    const room = await aRoom(app, ada);
    const members = `/rooms/${room.id}/members`;
    await get(bob, `/rooms/${room.id}/messages`).expect(200);
    expect((await post(bob, `/rooms/${room.id}/messages`, { body: 'hi' }).expect(403)).body).toMatchObject({
      code: 'not_room_member',
    });
    expect((await post(bob, members, { userId: eve.id }).expect(403)).body).toMatchObject({
      code: 'not_room_member',
    });
    await post(bob, members, { userId: bob.id }).expect(201);
    await aMessage(app, bob, room.id);
  });

  it('lets members go, and only the owner remove others', async () => {
    const room = await aRoom(app, ada, { kind: 'private' }, [bob, eve]);
    const member = (user: SignedInUser): string => `/rooms/${room.id}/members/${user.id}`;
    expect((await remove(bob, member(eve)).expect(403)).body).toMatchObject({ code: 'not_room_owner' });
    await remove(ada, member(eve)).expect(204);
    await get(eve, `/rooms/${room.id}/messages`).expect(404);
    await remove(bob, member(bob)).expect(204);
    await get(bob, `/rooms/${room.id}/messages`).expect(404);
    await get(ada, `/rooms/${room.id}/messages`).expect(200);
  });

  it('answers a repeated request with the same key once', async () => {
    const create = () =>
      post(ada, '/rooms', { name: 'only-once' }).set('Idempotency-Key', 'room-1').expect(201);
    const [first, second] = [await create(), await create()];
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
  });
});
