// What comes and goes leaves nothing behind.

import type { EventEmitter } from 'node:events';
import type { Server } from 'socket.io';
import { Presence } from '../../../src/features/chat/presence.js';
import { AccessChanges } from '../../../src/infra/access-changes/access-changes.js';
import { RedisMessages } from '../../../src/infra/redis/redis-messages.js';
import { RedisConnections } from '../../../src/infra/redis/redis-connections.js';
import { SocketHub } from '../../../src/infra/realtime/socket-hub.js';
import { SocketSessions } from '../../../src/infra/realtime/socket-sessions.js';
import { StreamFeed } from '../../../src/infra/realtime/stream-feed.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { memoryInUse, MIB } from '../../support/heap.js';
import { RawSocket } from '../../support/raw-socket.js';
import { waitFor } from '../../support/wait-for.js';

/** MILEPOST_FAULTS_FULL=1 for 10,000 of them, which take minutes. */
const CONNECTIONS = process.env['MILEPOST_FAULTS_FULL'] === '1' ? 10_000 : 3_000;
const AT_ONCE = 100;
const USERS = 4;

type Way = (socket: RawSocket) => Promise<void>;
/** Ways to come and go: how much was waited for, and how the end was. */
const WAYS: readonly [Way, ...Way[]] = [
  async (socket) => {
    await socket.welcomed();
    socket.send('421["echo","hello"]');
    await socket.frame((frame) => frame.startsWith('431'));
    await socket.leave();
  },
  (socket) => socket.welcomed().then(() => socket.vanish()),
  (socket) => socket.accepted().then(() => socket.leave()),
  (socket) => socket.accepted().then(() => socket.vanish()),
];

describe('connections that come and go', () => {
  let app: TestApp;
  let users: SignedInUser[];

  beforeAll(async () => {
    app = await startApp();
    users = [];
    for (let index = 0; index < USERS; index += 1) users.push(await aUser(app));
  });
  afterAll(() => app.close());

  /** Opens and ends `count` connections, in every way and of every user in turn. */
  async function comeAndGo(count: number): Promise<void> {
    const sessions = app.get(SocketSessions);
    for (let done = 0; done < count; done += AT_ONCE) {
      const batch = Array.from({ length: AT_ONCE }, (_, index) => {
        const socket = RawSocket.to(app.url, users[index % USERS]?.accessToken ?? '');
        return (WAYS[Math.floor(index / USERS) % WAYS.length] ?? WAYS[0])(socket);
      });
      await Promise.all(batch);
    }
    await waitFor('all to be gone', () => sessions.size === 0 && app.get(StreamFeed).size === 0);
  }

  /** Listeners of everything that outlives a connection, by emitter and event. */
  function listeners(): Record<string, number> {
    const { cache, subscriber } = app.get(RedisConnections);
    // Private to the product, which has no use for counting them.
    const { server } = app.get(SocketHub) as unknown as { server: Server };
    const news = app.get(AccessChanges) as unknown as { listeners: Set<unknown> };
    const messages = app.get(RedisMessages) as unknown as { handlers: Map<string, Set<unknown>> };
    const emitters: Record<string, unknown> = {
      process,
      cache,
      subscriber,
      http: app.api.getHttpServer(),
      engine: server.engine,
      namespace: server.of('/'),
      adapter: server.of('/').adapter,
    };
    const counts: Record<string, number> = {
      'access changes': news.listeners.size,
      'Redis messages': [...messages.handlers.values()].reduce((sum, { size }) => sum + size, 0),
    };
    for (const [name, value] of Object.entries(emitters)) {
      const emitter = value as EventEmitter;
      for (const event of emitter.eventNames())
        counts[`${name} ${String(event)}`] = emitter.listenerCount(event);
    }
    return counts;
  }

  it(`leave no listener, room, presence or memory, ${CONNECTIONS} times`, async () => {
    // What is made once, and what is remembered of a user, is there after the first ones.
    await comeAndGo(10 * AT_ONCE);
    await waitFor('nobody to be there', () => app.get(Presence).size === 0);
    const listenersBefore = listeners();
    const memoryBefore = await memoryInUse();

    await comeAndGo(CONNECTIONS);

    expect(app.get(SocketSessions).users).toEqual([]);
    expect(app.get(SocketHub).rooms).toBe(0);
    expect(listeners()).toEqual(listenersBefore);
    const { text } = await app.http().get('/metrics').expect(200);
    expect(text).toMatch(/^milepost_sockets 0$/m);
    await waitFor('nobody to be there', () => app.get(Presence).size === 0);
    const { cache } = app.get(RedisConnections);
    await waitFor('nobody to be held', async () => (await cache.hlen('{presence}:counts')) === 0);
    // What a process held under a name that it gave up is remembered for a while as over.
    const held = await cache.keys('{presence}:held:*');
    expect(held.filter((key) => !key.endsWith(':over'))).toEqual([]);
    // A kilobyte of each would be 10 MiB.
    expect((await memoryInUse()) - memoryBefore).toBeLessThan(5 * MIB);
  }, 300_000);
});
