// What the AsyncAPI document says of client events, acknowledgements and notices is what goes over a socket.

import type { EventAck } from '../../../src/contracts/events.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, signIn, type SignedInUser } from '../../support/builders.js';
import { DocumentedEvents } from '../../support/documented-events.js';
import { TestSocket } from '../../support/socket.js';

describe('the documented events', () => {
  let app: TestApp;
  let documented: DocumentedEvents;
  let user: SignedInUser;
  let other: SignedInUser;
  let socket: TestSocket;
  let watcher: TestSocket;

  beforeAll(async () => {
    app = await startApp();
    documented = await DocumentedEvents.of(app);
    [user, other] = [await aUser(app), await aUser(app)];
    socket = await TestSocket.open(app.url, user.accessToken);
    watcher = await TestSocket.open(app.url, other.accessToken);
  });
  afterAll(async () => {
    socket.close();
    watcher.close();
    await app.close();
  });

  /** Sends an event that the document allows, and returns an acknowledgement that it describes. */
  async function ask(event: string, payload: unknown): Promise<EventAck> {
    expect(documented.problems(`client.${event}`, payload)).toEqual([]);
    const ack = await socket.ask(event, payload);
    expect(documented.problems(`client.${event}.ack`, ack)).toEqual([]);
    return ack;
  }

  it('are checked by schemas that refuse something', () => {
    expect(documented.problems('client.chat.send', { room: 'global' })).not.toEqual([]);
    expect(documented.problems('client.chat.send', { room: 'global', body: 'x', more: 1 })).not.toEqual([]);
    expect(documented.problems('client.sync.ack', { ok: true, data: {} })).not.toEqual([]);
    expect(documented.problems('task.deleted', { type: 'task.deleted', data: { id: 1 } })).not.toEqual([]);
  });

  it.each<[string, () => unknown]>([
    ['echo', () => ({ anything: [1, null, 'x'] })],
    ['sync', () => ({ since: { [`user:${user.id}`]: 0, 'room:nowhere': 3 } })],
    ['room.join', () => ({ room: 'global' })],
    ['chat.send', () => ({ room: 'global', body: 'hello', clientMessageId: 'one' })],
    ['chat.read', () => ({ room: 'global', seq: 1 })],
    ['chat.typing', () => ({ room: 'global' })],
    ['auth.refresh', () => ({ token: user.accessToken })],
  ])('describe %s and its acknowledgement', async (event, payload) => {
    expect(await ask(event, payload())).toMatchObject({ ok: true });
  });

  it('describe leaving a room', async () => {
    const room = { name: 'documented' };
    await app.http().post('/api/v1/chat/rooms').set(other.headers).send(room).expect(201);
    expect(await ask('room.join', { room: 'documented' })).toMatchObject({ ok: true });
    expect(await ask('room.leave', { room: 'documented' })).toMatchObject({ ok: true });
  });

  it('describe refusals', async () => {
    expect(await ask('room.join', { room: 'no-such-room' })).toMatchObject({ ok: false });
    const ack = await socket.ask('chat.send', { room: 7 });
    expect(ack).toMatchObject({ ok: false, error: { code: 'validation_failed' } });
    expect(documented.problems('client.chat.send.ack', ack)).toEqual([]);
  });

  it('describe everything that others and the socket itself were told', async () => {
    const { accessToken, headers } = await signIn(app, user.username);
    const cut = await TestSocket.open(app.url, accessToken);
    await app.http().post('/api/v1/auth/logout').set(headers).expect(204);
    await cut.next('session.closed');
    for (const type of ['chat.message', 'chat.read', 'chat.typing', 'presence.joined'])
      await watcher.next(type);

    const told = [...socket.received, ...watcher.received, ...cut.received];
    const problems = told.flatMap(({ event, payload }) => documented.problems(event, payload));
    expect(problems).toEqual([]);
    expect(told.map(({ event }) => event)).toContain('connection');
  });
});
