// A Redis of several servers loses one of them: whatever was accepted runs, once, and messages go on. Needs a
// redis-server, by MILEPOST_TEST_REDIS_SERVER or on the PATH; without one the tests are skipped, and say so.

import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PresenceRegistry } from '../../../src/features/chat/presence-registry.js';
import { Jobs } from '../../../src/infra/jobs/jobs.js';
import { RedisConnections } from '../../../src/infra/redis/redis-connections.js';
import { RedisMessages } from '../../../src/infra/redis/redis-messages.js';
import { startApp } from '../../support/app.js';
import { aUser } from '../../support/builders.js';
import {
  REDIS_SERVER,
  startCluster,
  startSentinels,
  type RedisCluster,
  type Sentinels,
} from '../../support/services/redis-servers.js';
import { dropDatabase, migratedDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';
import { MAIL_SENT, startJobServices, type JobProcess, type JobServices } from './job-processes.js';

const MAIL = { userId: '0190a000-0000-7000-8000-000000000001' };
const WITHIN_MS = 90_000;
const TEST_MS = 240_000;

const isThere = spawnSync(REDIS_SERVER, ['--version']).status === 0;
if (!isThere) console.warn(`${REDIS_SERVER} is not there: fail-over of Redis is NOT tested`);
const withRedisServer = isThere ? describe : describe.skip;

/** Jobs that are accepted and run over a Redis, and how often each ran. */
class Work {
  private readonly runs = new Map<string, number>();
  private constructor(
    private readonly services: JobServices,
    readonly api: JobProcess,
  ) {}

  static async on(redisUrl: string): Promise<Work> {
    const services = await startJobServices(redisUrl);
    const work = new Work(services, await services.acceptor());
    // A lease that a busy machine cannot lose: whatever runs twice here was handed over twice.
    await services.worker(
      (job) => {
        work.runs.set(job.id, (work.runs.get(job.id) ?? 0) + 1);
        return Promise.resolve(MAIL_SENT);
      },
      { leaseMs: 30_000 },
    );
    return work;
  }

  async accept(count: number): Promise<void> {
    await this.api.database.transaction(async () => {
      for (let index = 0; index < count; index += 1) await this.api.get(Jobs).enqueue('mail.welcome', MAIL);
    });
  }

  async succeeded(): Promise<number> {
    const sql = `SELECT 1 FROM jobs WHERE state = 'succeeded' AND name = 'mail.welcome'`;
    return (await this.api.database.query(sql)).length;
  }

  /** How often each job that ran has run, sorted. */
  get timesRun(): number[] {
    return [...this.runs.values()].sort();
  }

  /** Says something on a channel until it is heard there. */
  async untilHeard(): Promise<void> {
    let heard = false;
    const messages = this.api.get(RedisMessages);
    messages.subscribe('failover', () => void (heard = true));
    await waitFor(
      'a message',
      () => {
        messages.publish('failover', 'is anybody there');
        return heard;
      },
      WITHIN_MS,
    );
  }

  close(): Promise<void> {
    return this.services.close();
  }
}

withRedisServer('a master that sentinels watch', () => {
  const directory = mkdtempSync(join(tmpdir(), 'milepost-sentinel-'));
  let redis: Sentinels;
  let work: Work;

  beforeAll(async () => {
    redis = await startSentinels(directory);
    work = await Work.on(redis.url);
  }, TEST_MS);
  afterAll(async () => {
    await work.close();
    await redis.stop();
    await rm(directory, { recursive: true, force: true });
  }, TEST_MS);

  it(
    'is killed: its replica takes over, and every accepted job runs once',
    async () => {
      const [master, replica] = redis.servers;
      await work.accept(30);
      await waitFor('the first jobs', async () => (await work.succeeded()) === 30, WITHIN_MS);

      await work.accept(20);
      await master?.kill();
      await work.accept(30);

      await waitFor('all jobs', async () => (await work.succeeded()) === 80, WITHIN_MS);
      expect(await redis.masterPort()).toBe(replica?.port);
      expect(work.timesRun).toEqual(Array.from({ length: 80 }, () => 1));
      await work.untilHeard();
    },
    TEST_MS,
  );
});

withRedisServer('a cluster of three masters', () => {
  const directory = mkdtempSync(join(tmpdir(), 'milepost-cluster-'));
  let redis: RedisCluster;

  beforeAll(async () => {
    redis = await startCluster(directory);
  }, TEST_MS);
  afterAll(async () => {
    await redis.stop();
    await rm(directory, { recursive: true, force: true });
  }, TEST_MS);

  it(
    'loses each node in turn, with all its keys: every accepted job runs once',
    async () => {
      const work = await Work.on(`${redis.url}?prefix=jobs:`);
      for (const [index] of [...redis.nodes].entries()) {
        await work.accept(10);
        await redis.nodes[index]?.kill();
        await work.accept(10);
        // Messages reach every node, so one that is left will do.
        await work.untilHeard();
        await redis.restart(index);
        await waitFor(
          `the jobs of round ${index}`,
          async () => (await work.succeeded()) === 20 * (index + 1),
          WITHIN_MS,
        );
      }
      expect(work.timesRun).toEqual(Array.from({ length: 60 }, () => 1));
      await work.close();
    },
    TEST_MS,
  );

  it(
    'counts calls and presence for all processes, not for each on its own',
    async () => {
      const services = { databaseUrl: await migratedDatabase(), redisUrl: `${redis.url}?prefix=shared:` };
      const app = await startApp({ services });
      await waitFor('the cluster', () => app.get(RedisConnections).cache.status === 'ready');
      const user = await aUser(app);
      const before = await decisionsBy(app.url, 'local');
      await app.http().get('/api/v1/tasks').set(user.headers).expect(200);
      expect(await decisionsBy(app.url, 'local')).toBe(before);
      expect(await decisionsBy(app.url, 'redis')).toBeGreaterThan(0);

      const connections = app.get(RedisConnections);
      const [here, there] = [new PresenceRegistry(connections), new PresenceRegistry(connections)];
      expect(await here.hold(['room ada'])).toEqual(['room ada']);
      expect(await there.hold(['room ada'])).toEqual([]);
      expect(await here.live(() => ['room ada'])).toEqual({ left: [], joined: [] });
      expect(await here.release(['room ada'])).toEqual([]);
      expect(await there.release(['room ada'])).toEqual(['room ada']);
      await app.close();
      await dropDatabase(services.databaseUrl);
    },
    TEST_MS,
  );
});

async function decisionsBy(url: string, limiter: 'local' | 'redis'): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text
    .split('\n')
    .filter(
      (line) => line.startsWith('milepost_rate_limit_decisions_total{') && line.includes(`"${limiter}"`),
    );
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
