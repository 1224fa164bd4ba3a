// Whatever a client sends: it is answered, its socket lives where that is promised, and others are served.

import { userStream } from '../../../src/contracts/events.js';
import { io } from 'socket.io-client';
import { SocketHub } from '../../../src/infra/realtime/socket-hub.js';
import { anApiKey } from '../../support/api-keys.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, type SignedInUser } from '../../support/builders.js';
import { RawSocket } from '../../support/raw-socket.js';
import { TestSocket } from '../../support/socket.js';
import { waitFor } from '../../support/wait-for.js';
import { HOSTILE_PACKETS } from './hostile-packets.js';

describe('misuse of sockets', () => {
  let app: TestApp;
  let user: SignedInUser;
  /** Somebody who must not notice. */
  let witness: TestSocket;
  let witnessUser: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    user = await aUser(app);
    witnessUser = await aUser(app);
    witness = await TestSocket.open(app.url, witnessUser.accessToken);
  });
  afterEach(async () => {
    const before = witness.received.length;
    await aTask(app, witnessUser);
    await waitFor('the witness to be served', () => witness.received.length > before);
    expect(witness.disconnectedBy).toBeUndefined();
  });
  afterAll(async () => {
    witness.close();
    await app.close();
  });

  const open = (): Promise<TestSocket> => TestSocket.open(app.url, user.accessToken);
  const code = async (asked: Promise<unknown>): Promise<unknown> => {
    const ack = (await asked) as { ok: boolean; error?: { code: string; detail: string } };
    expect(ack).toMatchObject({ ok: false, error: { detail: expect.any(String) } });
    return ack.error?.code;
  };

  it('gets an error as its acknowledgement', async () => {
    const socket = await open();
    for (const name of ['nonsense', 'task.created', 'connection', '__proto__', 'constructor', '', 'toString'])
      expect(await code(socket.ask(name, {}))).toBe('unknown_event');
    const malformed = [
      undefined,
      null,
      1,
      'text',
      [],
      {},
      { since: 1 },
      { since: { a: -1 } },
      { since: {}, x: 1 },
    ];
    for (const payload of malformed)
      expect(await code(socket.ask('sync', payload))).toBe('validation_failed');
    expect(await code(socket.ask('sync', { since: {} }, { since: {} }))).toBe('validation_failed');
    expect(socket.disconnectedBy).toBeUndefined();
    socket.close();
  });

  it('of echo is answered with the same, or refused for its size and depth', async () => {
    const socket = await open();
    for (const value of [null, 0, 'Ä😀\0', [1, { a: [] }], { ['__proto__']: 1 }, 'x'.repeat(16_000)])
      expect(await socket.ask('echo', value)).toEqual({ ok: true, data: value });
    expect(await code(socket.ask('echo', 'x'.repeat(16_400)))).toBe('validation_failed');
    expect(await code(socket.ask('echo', Buffer.from('bytes')))).toBe('validation_failed');
    const deep = JSON.parse('['.repeat(3_000) + ']'.repeat(3_000)) as unknown;
    expect(await code(socket.ask('echo', deep))).toBe('validation_failed');
    socket.close();
  });

  it('by a flood gets rate_limited from the 21st event on, and the socket lives', async () => {
    const socket = await open();
    const other = await open();
    const acks = await Promise.all(Array.from({ length: 200 }, (_, index) => socket.ask('echo', index)));
    expect(acks.map(({ ok }) => ok)).toEqual(acks.map((_, index) => index < 20));
    expect(acks.at(-1)).toMatchObject({ error: { code: 'rate_limited', policy: 'socket' } });
    expect(await other.ask('echo', 'own budget')).toMatchObject({ ok: true });
    expect(socket.disconnectedBy).toBeUndefined();
    socket.close();
    other.close();
  });

  it('without an acknowledgement function does no harm', async () => {
    const socket = await open();
    socket.client.emit('echo', 1);
    socket.client.emit('nonsense');
    socket.client.emit('sync', 'wrong');
    expect(await socket.ask('echo', 'still here')).toEqual({ ok: true, data: 'still here' });
    socket.close();
  });

  it('by a key without the scope is refused where one is needed', async () => {
    const { key } = await anApiKey(app, user, { scopes: ['tasks:read'] });
    const socket = TestSocket.to(app.url, { auth: { apiKey: key } });
    expect((await socket.opened()).streams).toEqual({});
    expect(await socket.ask('echo', 1)).toMatchObject({ ok: true });
    const refused = await socket.ask('chat.send', { room: 'global', body: 'x', clientMessageId: '1' });
    expect(refused).toMatchObject({ ok: false, error: { code: 'insufficient_scope' } });
    socket.close();
  });

  it('by a key that may only chat hears the rooms, and nothing of its user', async () => {
    const { key } = await anApiKey(app, user, { scopes: ['chat:read'] });
    const socket = TestSocket.to(app.url, { auth: { apiKey: key } });
    const streams = Object.keys((await socket.opened()).streams);
    expect(streams).toEqual([expect.stringMatching(/^room:/)]);
    const synced = await socket.ask('sync', { since: { [userStream(user.id)]: 0 } });
    expect(synced).toMatchObject({ ok: true, data: { replayed: 0, refused: [userStream(user.id)] } });
    socket.close();
  });

  it.each(HOSTILE_PACKETS)('by raw packets hurts nobody else: %s', async (_what, packet) => {
    const raw = await RawSocket.open(app.url, user.accessToken);
    raw.send(packet);
    raw.send('421["echo","after"]');
    await Promise.race([raw.frame((frame) => frame.includes('after')), raw.closed]).catch(() => undefined);
    expect(raw.isClosed || raw.frames.some((frame) => frame === '431[{"ok":true,"data":"after"}]')).toBe(
      true,
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    await raw.vanish();
  });

  it('before CONNECT, and of namespaces that do not exist, opens nothing', async () => {
    const client = io(`${app.url}/admin`, {
      auth: { token: user.accessToken },
      reconnection: false,
      forceNew: true,
    });
    const error = await new Promise<Error>((resolve) => client.on('connect_error', resolve));
    expect(error.message).toBe('Invalid namespace');
    client.close();
    expect(app.get(SocketHub).isDraining).toBe(false);
  });
});
