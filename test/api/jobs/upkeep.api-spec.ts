// What comes by the clock, what is forgotten, and what is counted.

import { JobScheduler } from '../../../src/infra/jobs/job-scheduler.js';
import { JobsPurge } from '../../../src/infra/jobs/jobs-purge.js';
import { JobsRepository } from '../../../src/infra/jobs/jobs.repository.js';
import { JobsStatistics } from '../../../src/infra/jobs/jobs-statistics.js';
import type { JobOutcome } from '../../../src/infra/jobs/running-job.js';
import { waitFor } from '../../support/wait-for.js';
import { jobRow, startJobServices, type JobProcess, type JobServices } from './job-processes.js';

const OWNER = '0190a000-0000-7000-8000-000000000001';

describe('upkeep of jobs', () => {
  let services: JobServices;
  let first: JobProcess;
  let second: JobProcess;

  beforeAll(async () => {
    services = await startJobServices();
    const idle = (): Promise<JobOutcome> => new Promise(() => undefined);
    [first, second] = [await services.worker(idle), await services.worker(idle)];
  });
  afterAll(() => services.close());

  it('enqueues one job per slot, however many workers there are, and it purges', async () => {
    const schedulers = [first, second].map((process) => process.get(JobScheduler));
    await Promise.all([...schedulers, ...schedulers].map((scheduler) => scheduler.enqueueDue()));

    const rows = await first.database.query<{ id: string; slot: string; key: string }>(
      `SELECT id, payload->>'slot' AS slot, dedupe_key AS key FROM jobs WHERE name = 'system.purge'`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.slot).toMatch(/:00:00\.000Z$/);
    expect(rows[0]?.key).toBe(`system.purge:${rows[0]?.slot}`);
    const done = await waitFor('the purge', async () => {
      const job = await jobRow(first.database, rows[0]?.id ?? '');
      return job?.state === 'succeeded' ? job : undefined;
    });
    expect(done.result).toEqual({ removed: { events: 0, jobs: 0, workerHeartbeats: 0 } });
  });

  it('counts both workers as alive, also without Redis', async () => {
    const statistics = first.get(JobsStatistics);

    await waitFor('two heartbeats', async () => (await statistics.workers()) === 2);
    await first.database.query(`UPDATE worker_heartbeats SET seen_at = now() - interval '11 seconds'`);

    expect(await statistics.workers()).toBe(0);
  });

  describe('with 10,000 jobs', () => {
    beforeAll(async () => {
      await first.close();
      await second.close();
      first = await services.acceptor();
      await first.database.query(
        `INSERT INTO jobs (id, name, payload, owner_id, state, max_attempts, run_at, enqueued_at, created_at, started_at, finished_at)
         SELECT uuidv7(make_interval(secs => n)), CASE WHEN n % 10 = 0 THEN 'data.process' ELSE 'mail.welcome' END, '{}',
           CASE WHEN n % 2 = 0 THEN $1 ELSE gen_random_uuid() END,
           CASE WHEN n > 9900 THEN 'queued' WHEN n > 9850 THEN 'failed' WHEN n > 9840 THEN 'running' ELSE 'succeeded' END,
           5, now() - interval '30 seconds', NULL, now(), now() - interval '2 seconds',
           CASE WHEN n > 9840 THEN NULL WHEN n <= 50 THEN now() - interval '8 days' ELSE now() END
         FROM generate_series(1, 10000) AS n`.replace('$1', `'${OWNER}'::uuid`),
      );
      await first.database.query('ANALYZE jobs');
    });

    it('counts the queues by indexes', async () => {
      const plan = await planOf((database) => new JobsStatistics(database).queues());
      const queues = await first.get(JobsStatistics).queues();

      expect(plan).not.toContain('Seq Scan');
      expect(queues.mail).toMatchObject({ waiting: 90, active: 9, failed: 45 });
      expect(queues.work).toMatchObject({ waiting: 10, active: 1, failed: 5 });
      expect(queues.system).toEqual({ waiting: 0, active: 0, failed: 0, oldestWaitingSeconds: 0 });
      expect(queues.mail.oldestWaitingSeconds).toBeGreaterThanOrEqual(30);
    });

    it('forgets what finished more than 7 days ago', async () => {
      const purge = new JobsPurge(first.get(JobsRepository));

      expect(await purge.purge(new AbortController().signal)).toBe(50);
      expect(await purge.purge(new AbortController().signal)).toBe(0);
    });

    /** The plan of the one statement that `work` sends. */
    async function planOf(work: (database: JobProcess['database']) => Promise<unknown>): Promise<string> {
      const { database } = first;
      const explaining = Object.create(database) as JobProcess['database'];
      let plan = '';
      explaining.query = async <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> => {
        const rows = await database.query<Record<string, string>>(`EXPLAIN ${sql}`, parameters);
        plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        return [];
      };
      await work(explaining);
      return plan;
    }
  });
});
