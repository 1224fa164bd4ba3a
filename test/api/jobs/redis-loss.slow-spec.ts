// Redis only carries: what it loses, or keeps to itself, is not lost.

import { JobQueues } from '../../../src/infra/jobs/job-queues.js';
import { Jobs } from '../../../src/infra/jobs/jobs.js';
import type { RedisClient } from '../../../src/infra/redis/open-redis.js';
import { RedisConnections } from '../../../src/infra/redis/redis-connections.js';
import { emptyRedis, openRedis, redisKind } from '../../support/test-redis.js';
import { waitFor } from '../../support/wait-for.js';
import { jobRow, MAIL_SENT, startJobServices, type JobProcess, type JobServices } from './job-processes.js';

const MAIL = { userId: '0190a000-0000-7000-8000-000000000001' };

describe('losing Redis', () => {
  let services: JobServices;
  let api: JobProcess;
  let redis: RedisClient;

  beforeAll(async () => {
    services = await startJobServices();
    api = await services.acceptor();
    redis = openRedis(services.redisUrl);
  });
  afterAll(async () => {
    redis.disconnect();
    await services.close();
  });

  const countOf = async (state: string): Promise<number> =>
    (await api.database.query(`SELECT 1 FROM jobs WHERE state = $1 AND name = 'mail.welcome'`, [state]))
      .length;

  it('loses none of 200 waiting jobs when it is wiped, and runs each once', async () => {
    const runs = new Map<string, number>();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const worker = await services.worker(async (job) => {
      await gate;
      runs.set(job.id, (runs.get(job.id) ?? 0) + 1);
      return MAIL_SENT;
    });
    await api.database.transaction(async () => {
      for (let count = 0; count < 200; count += 1) await api.get(Jobs).enqueue('mail.welcome', MAIL);
    });
    await waitFor('the jobs to be in Redis', async () => (await countOf('queued')) === 0);

    await emptyRedis(redis);
    open();

    await waitFor('all to succeed', async () => (await countOf('succeeded')) === 200);
    expect(runs.size).toBe(200);
    expect([...runs.values()].every((count) => count === 1)).toBe(true);
    await worker.close();
  });

  // In a cluster BullMQ connects anew by itself; there it is redis-failover.slow-spec that takes Redis away.
  const itOnOneServer = redisKind() === 'cluster' ? it.skip : it;

  itOnOneServer(
    'accepts jobs and cancels running ones while it is away, and goes on when it is back',
    async () => {
      const worker = await services.worker(
        (job) => new Promise((resolve) => (job.name === 'mail.welcome' ? resolve(MAIL_SENT) : undefined)),
      );
      const jobs = api.get(Jobs);
      const running = await jobs.enqueue('data.process', { itemsJson: '[1]', paceMs: 0 });
      await waitFor(
        'the job to run',
        async () => (await jobRow(api.database, running.id))?.state === 'running',
      );
      const connections = [api, worker].map((process) => process.get(RedisConnections));
      const away = connections.flatMap(({ cache, queue, worker: consumers }) => [cache, queue, consumers]);
      await waitFor('the connections', () => away.every(({ status }) => status === 'ready'));
      for (const connection of away) connection.disconnect();
      await waitFor('the connections to end', () => away.every(({ status }) => status === 'end'));

      await jobs.cancel(running.id, undefined);
      const waiting = await jobs.enqueue('mail.welcome', MAIL);
      await waitFor('the cancel', async () => (await jobRow(api.database, running.id))?.state === 'canceled');
      expect(await jobRow(api.database, waiting.id)).toMatchObject({ state: 'queued', attempts: 0 });

      await Promise.all(away.map((connection) => connection.connect()));
      await waitFor(
        'the job to run',
        async () => (await jobRow(api.database, waiting.id))?.state === 'succeeded',
      );
      await worker.close();
    },
  );

  it('puts jobs back that it does not take', async () => {
    const { id } = await api.get(Jobs).enqueue('mail.welcome', MAIL);
    const refused = jest
      .spyOn(JobQueues.prototype, 'add')
      .mockRejectedValue(new Error('OOM command not allowed'));
    const worker = await services.worker(() => Promise.resolve(MAIL_SENT));
    await waitFor('a refusal', () => refused.mock.calls.length > 0);
    await waitFor('the job to be back', async () => (await jobRow(api.database, id))?.state === 'queued');

    refused.mockRestore();

    await waitFor('the job to run', async () => (await jobRow(api.database, id))?.state === 'succeeded');
    await worker.close();
  });
});
