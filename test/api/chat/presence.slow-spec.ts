// Presence: told at a user's first socket in a room, and a while after the last is gone.

import type { RoomUserData } from '../../../src/contracts/chat.js';
import { roomStream } from '../../../src/contracts/events.js';
import { PresenceRegistry } from '../../../src/features/chat/presence-registry.js';
import { Presence } from '../../../src/features/chat/presence.js';
import { RedisConnections } from '../../../src/infra/redis/redis-connections.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { TestSocket } from '../../support/socket.js';
import { waitFor } from '../../support/wait-for.js';
import { aRoom } from './chat-builders.js';

describe('presence', () => {
  let first: TestApp;
  let second: TestApp;
  let ada: SignedInUser;
  let bob: SignedInUser;
  const sockets: TestSocket[] = [];

  beforeAll(async () => {
    first = await startApp();
    second = await startApp({ services: first.services });
    ada = await aUser(first);
    bob = await aUser(first);
  });

  afterAll(async () => {
    for (const socket of sockets) socket.close();
    await second.close();
    await first.close();
  });

  async function connect(app: TestApp, user: SignedInUser): Promise<TestSocket> {
    const socket = await TestSocket.open(app.url, user.accessToken);
    sockets.push(socket);
    return socket;
  }

  /** What `socket` was told of bob in a room. */
  const told = (socket: TestSocket, roomId: string): string[] =>
    socket.received
      .filter(({ event, payload }) => {
        if (!event.startsWith('presence.')) return false;
        const { data } = payload as { data: RoomUserData };
        return data.room === roomId && data.userId === bob.id;
      })
      .map(({ event }) => event);

  it('counts the sockets of all processes, and leaves nothing behind', async () => {
    const room = await aRoom(first, ada, { kind: 'private' }, [bob]);
    const a = await connect(first, ada);
    const b1 = await connect(second, bob);
    const joined = await a.next(
      'presence.joined',
      ({ stream, data }: { stream: string; data: RoomUserData }) =>
        stream === roomStream(room.id) && data.userId === bob.id,
    );
    expect(joined).toMatchObject({
      seq: null,
      data: { room: room.id, userId: bob.id, username: bob.username },
    });

    const b2 = await connect(first, bob);
    b1.close();
    // The second process gives its place up after a while; the first one still has him.
    await waitFor('the second process to forget him', () => second.get(Presence).size === 0);
    b2.close();
    await waitFor('the departure', () => told(a, room.id).includes('presence.left'));
    expect(told(a, room.id)).toEqual(['presence.joined', 'presence.left']);

    a.close();
    await waitFor('nobody to be there', () => first.get(Presence).size === 0);
    const redis = first.get(RedisConnections).cache;
    await waitFor('the registry to be empty', async () => (await redis.hlen('{presence}:counts')) === 0);
    expect(await redis.keys('{presence}:held:*')).toEqual([]);
  });

  it('does not tell of a reconnection', async () => {
    const room = await aRoom(first, ada, { kind: 'private' }, [bob]);
    const a = await connect(first, ada);
    for (const app of [first, second, first]) {
      const b = await connect(app, bob);
      await waitFor('bob to be there', () => told(a, room.id).length > 0);
      b.close();
    }
    await waitFor('the departure', () => told(a, room.id).includes('presence.left'));
    expect(told(a, room.id)).toEqual(['presence.joined', 'presence.left']);
  });

  describe('as processes keep it together', () => {
    let one: PresenceRegistry;
    let other: PresenceRegistry;

    beforeEach(async () => {
      const redis = first.get(RedisConnections).cache;
      const keys = await redis.keys('{presence}:*');
      if (keys.length > 0) await redis.del(keys);
      one = new PresenceRegistry(first.get(RedisConnections));
      other = new PresenceRegistry(second.get(RedisConnections));
    });

    /** Ends the lives of all processes so far, as if they had been silent. */
    async function letAllDie(): Promise<void> {
      const redis = first.get(RedisConnections).cache;
      for (const process of await redis.zrange('{presence}:lives', 0, -1)) {
        await redis.zadd('{presence}:lives', 1, process);
      }
    }

    it('only the first and the last count', async () => {
      expect(await one.hold(['r u', 's u'])).toEqual(['r u', 's u']);
      expect(await other.hold(['r u'])).toEqual([]);
      expect(await one.hold(['r u'])).toEqual([]);
      expect(await one.release(['r u', 's u'])).toEqual(['s u']);
      expect(await one.release(['r u'])).toEqual([]);
      expect(await other.release(['r u'])).toEqual(['r u']);
    });

    it('the places of a dead process are given up once', async () => {
      const many = Array.from({ length: 1_500 }, (_, index) => `r u${index}`);
      await one.hold([...many, 'r both']);
      await letAllDie();
      await other.hold(['r both']);
      const left: string[] = [];
      for (let beats = 0; beats < 4; beats += 1) left.push(...(await other.live(() => ['r both'])).left);
      expect(left.sort()).toEqual([...many].sort());
    });

    it('a process that only seemed dead says again who is there', async () => {
      await one.hold(['r u']);
      await letAllDie();
      expect(await other.live(() => [])).toEqual({ left: ['r u'], joined: [] });
      expect(await one.live(() => ['r u'])).toEqual({ left: [], joined: ['r u'] });
      expect(await other.hold(['r u'])).toEqual([]);
    });

    it('nothing is told when Redis forgets, and all is known again', async () => {
      await one.hold(['r u']);
      const redis = first.get(RedisConnections).cache;
      await redis.del(await redis.keys('{presence}:*'));
      expect(await one.live(() => ['r u'])).toEqual({ left: [], joined: [] });
      expect(await other.hold(['r u'])).toEqual([]);
    });
  });
});
