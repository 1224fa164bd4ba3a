// Who gets a socket, what it hears first, and who is refused how.

import { io } from 'socket.io-client';
import { userStream } from '../../../src/contracts/events.js';
import { anApiKey } from '../../support/api-keys.js';
import { RedisConnections } from '../../../src/infra/redis/redis-connections.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, type SignedInUser } from '../../support/builders.js';
import { TestSocket } from '../../support/socket.js';
import { waitFor } from '../../support/wait-for.js';

const EVIL = 'https://milepost.example.evil';
const TRANSPORTS = ['websocket', 'polling'] as const;

describe('opening a socket', () => {
  let app: TestApp;
  let user: SignedInUser;
  const sockets: TestSocket[] = [];
  const open = (...[options]: [Parameters<typeof TestSocket.to>[1]]): TestSocket => {
    const socket = TestSocket.to(app.url, options);
    sockets.push(socket);
    return socket;
  };

  beforeAll(async () => {
    app = await startApp({ settings: { CORS_ORIGINS: 'https://friend.example' } });
    user = await aUser(app);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close();
  });
  afterAll(() => app.close());

  it.each(TRANSPORTS)('says who and where one is, over %s', async (transport) => {
    await aTask(app, user);
    const socket = open({ auth: { token: user.accessToken }, transports: [transport] });
    const hello = await socket.opened();
    expect(hello).toMatchObject({ userId: user.id, socketId: socket.client.id });
    expect(Date.parse(hello.serverTime)).not.toBeNaN();
    const log = await app.http().get('/api/v1/events').set(user.headers);
    expect(hello.streams[userStream(user.id)]).toBe((log.body as { nextSince: number }).nextSince);
    expect(socket.received[0]?.event).toBe('connection');
  });

  it('takes an API key, ?token= and a cookie with an allowed Origin', async () => {
    const { key } = await anApiKey(app, user);
    const cookie = `mp_access=${user.accessToken}`;
    const ways = [
      { auth: { apiKey: key } },
      { query: { token: user.accessToken } },
      { extraHeaders: { cookie, origin: 'https://friend.example' } },
      { extraHeaders: { cookie, origin: app.url } },
    ];
    for (const way of ways) expect(await open(way).opened()).toMatchObject({ userId: user.id });
  });

  it.each([
    ['no credential', {}, 'unauthorized'],
    ['a cookie without an Origin', { extraHeaders: { cookie: 'mp_access=x' } }, 'unauthorized'],
    ['a bad token', { auth: { token: 'nonsense' } }, 'token_invalid'],
    ['a token that is no text', { auth: { token: { a: 1 } } }, 'token_invalid'],
    ['a bad ?token=', { query: { token: 'nonsense' } }, 'token_invalid'],
    ['a bad key', { auth: { apiKey: 'mlp_nonsense' } }, 'api_key_invalid'],
    ['two credentials', { auth: { apiKey: 'a', token: 'b' } }, 'ambiguous_credentials'],
  ])('refuses %s with connect_error', async (_what, options, code) => {
    const socket = open(options);
    expect(await socket.refused()).toBe(code);
    expect(socket.received).toEqual([]);
  });

  it.each(TRANSPORTS)('refuses a foreign Origin at the handshake, over %s', async (transport) => {
    const query = `EIO=4&transport=${transport}`;
    const headers = { origin: EVIL, cookie: `mp_access=${user.accessToken}` };
    if (transport === 'polling') {
      const answer = await app.http().get(`/socket.io/?${query}`).set(headers);
      expect(answer.status).toBe(403);
    }
    const client = io(app.url, {
      transports: [transport],
      extraHeaders: headers,
      auth: { token: user.accessToken },
      reconnection: false,
      forceNew: true,
    });
    const error = await new Promise<Error & { context?: unknown }>((resolve, reject) => {
      client.on('connect_error', resolve);
      client.on('connect', () => reject(new Error('it was let in')));
    });
    client.close();
    expect(error.message).toMatch(/websocket error|xhr poll error/);
  });

  it('counts a handshake as a call of its user, and a refused one of its address', async () => {
    // Registering and signing in are two anonymous calls.
    const limited = await startApp({
      settings: { RATE_LIMIT_USER_PER_MINUTE: '2', RATE_LIMIT_ANONYMOUS_PER_MINUTE: '4' },
    });
    // Until then the process counts alone, and what it counts is not carried over.
    const { cache } = limited.get(RedisConnections);
    await waitFor('Redis', () => cache.status === 'ready');
    const someone = await aUser(limited);
    try {
      const to = (token: string): TestSocket => {
        const socket = TestSocket.to(limited.url, { auth: { token } });
        sockets.push(socket);
        return socket;
      };
      await to(someone.accessToken).opened();
      await to(someone.accessToken).opened();
      expect(await to(someone.accessToken).refused()).toBe('rate_limited');
      expect(await to('nonsense').refused()).toBe('token_invalid');
      expect(await to('nonsense').refused()).toBe('token_invalid');
      expect(await to('nonsense').refused()).toBe('rate_limited');
    } finally {
      await limited.close();
    }
  });

  it('has a most per user and per address', async () => {
    const small = await startApp({
      services: app.services,
      settings: { MAX_SOCKETS_PER_USER: '2', MAX_SOCKETS_PER_ADDRESS: '3' },
    });
    const other = await aUser(app);
    try {
      const to = (token: string): TestSocket => TestSocket.to(small.url, { auth: { token } });
      const first = to(user.accessToken);
      await first.opened();
      await to(user.accessToken).opened();
      expect(await to(user.accessToken).refused()).toBe('too_many_sockets');
      await to(other.accessToken).opened();
      expect(await to(other.accessToken).refused()).toBe('websocket error');
      first.close();
    } finally {
      await small.close();
    }
  });

  it('is not there without ENABLE_WEBSOCKETS', async () => {
    const plain = await startApp({ services: app.services, settings: { ENABLE_WEBSOCKETS: 'false' } });
    await plain.http().get('/socket.io/?EIO=4&transport=polling').expect(404);
    await plain.close();
  });
});
