// Redis goes away and comes back: sockets of every process hear everything all the same, in order.

import { userStream } from '../../../src/contracts/events.js';
import { Realtime } from '../../../src/infra/realtime/realtime.js';
import { RedisConnections } from '../../../src/infra/redis/redis-connections.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, type SignedInUser } from '../../support/builders.js';
import { Cable } from '../../support/cable.js';
import { TestSocket } from '../../support/socket.js';
import { freshRedis, redisKind } from '../../support/test-redis.js';
import { migratedDatabase, dropDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';

// A cable leads to one server; the nodes of a cluster are taken away in test/api/jobs/redis-failover.
const onOneServer = redisKind() === 'server' ? describe : describe.skip;

onOneServer('sockets while Redis is away', () => {
  let cable: Cable;
  let first: TestApp;
  let second: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    cable = await Cable.to(await freshRedis());
    const services = { databaseUrl: await migratedDatabase(), redisUrl: cable.url };
    first = await startApp({ services });
    second = await startApp({ services });
    user = await aUser(first);
  });
  afterAll(async () => {
    await Promise.all([first.close(), second.close()]);
    cable.close();
    await dropDatabase(first.services.databaseUrl);
  });

  it('connect, hear every event of every process in order, and go on when it is back', async () => {
    const stream = userStream(user.id);
    const sockets = [
      await TestSocket.open(first.url, user.accessToken),
      await TestSocket.open(second.url, user.accessToken),
    ];
    const allHear = (count: number): Promise<unknown> =>
      waitFor(`${count} events`, () =>
        sockets.every(
          (socket) => socket.received.filter(({ event }) => event === 'task.created').length >= count,
        ),
      );

    await waitFor('Redis to be there', () => first.get(RedisConnections).subscriber.status === 'ready');
    await aTask(first, user);
    await allHear(1);
    cable.cut();
    await waitFor('Redis to be away', () => first.get(RedisConnections).subscriber.status !== 'ready');
    for (let index = 0; index < 10; index += 1) await aTask(index % 2 ? first : second, user);
    await allHear(11);
    const late = await TestSocket.open(second.url, user.accessToken);
    expect(await late.ask('sync', { since: { [stream]: 0 } })).toMatchObject({ ok: true });
    await first.get(Realtime).joinStream(user.id, 'room:away');

    cable.mend();
    await waitFor('Redis to be back', () =>
      [first, second].every((app) => {
        const { subscriber, cache } = app.get(RedisConnections);
        return subscriber.status === 'ready' && cache.status === 'ready';
      }),
    );
    await aTask(first, user);
    await allHear(12);
    for (const socket of [...sockets, late]) {
      const seqs = socket.eventsOf(stream).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
      socket.close();
    }
  });
});
