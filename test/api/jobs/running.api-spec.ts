// What a worker does with a job: once, fenced, tried again, handed back.

import { AppError } from '../../../src/common/errors/app-error.js';
import { currentContext } from '../../../src/common/request-context/request-context.js';
import { JobRunner } from '../../../src/infra/jobs/job-runner.js';
import { Jobs } from '../../../src/infra/jobs/jobs.js';
import type { JobHandler, JobOutcome, RunningJob } from '../../../src/infra/jobs/running-job.js';
import { waitFor } from '../../support/wait-for.js';
import { jobRow, MAIL_SENT, startJobServices, type JobProcess, type JobServices } from './job-processes.js';

const OWNER = '0190a000-0000-7000-8000-000000000001';
const MAIL = { userId: OWNER };
/** Longer than any test: an attempt that only an interruption ends. */
const ENDLESS = 600_000;

describe('running jobs', () => {
  let services: JobServices;
  let api: JobProcess;
  let jobs: Jobs;
  let handler: JobHandler;

  beforeAll(async () => {
    services = await startJobServices();
    api = await services.acceptor();
    jobs = api.get(Jobs);
    await api.database.query('CREATE TABLE effects (job_id uuid, by_attempt integer)');
  });
  afterEach(() => services.endWorkers());
  afterAll(() => services.close());

  const worker = (timings = {}) => services.worker((job) => handler(job), timings);
  const inState = (id: string, state: string) =>
    waitFor(`the job to be ${state}`, async () => {
      const job = await jobRow(api.database, id);
      return job?.state === state ? job : undefined;
    });
  const effectsOf = (id: string) =>
    api.database.query<{ by_attempt: number }>('SELECT by_attempt FROM effects WHERE job_id = $1', [id]);
  const withEffect = (job: RunningJob): JobOutcome => ({
    ...MAIL_SENT,
    effects: () => effectOn(job),
  });
  let effectOn: (job: RunningJob) => Promise<void> = async () => undefined;
  const writesBy = (process: JobProcess) => async (job: RunningJob) => {
    await process.database.query('INSERT INTO effects VALUES ($1, $2)', [job.id, job.attempt]);
  };

  it('runs a job with its payload, under the id of its request, and keeps the result', async () => {
    const seen: unknown[] = [];
    handler = async (job) => {
      seen.push(job.payload, job.attempt, currentContext()?.requestId === job.id);
      return MAIL_SENT;
    };
    const process = await worker();
    const { id } = await jobs.enqueue('mail.welcome', MAIL);

    const job = await inState(id, 'succeeded');

    expect(seen).toEqual([MAIL, 1, true]);
    expect(job).toMatchObject({
      result: MAIL_SENT.result,
      progress: 100,
      attempts: 1,
      error: null,
      leaseToken: null,
    });
    await process.close();
  });

  it('runs once what is delivered to two workers at the same time', async () => {
    let runs = 0;
    handler = async () => {
      runs += 1;
      return MAIL_SENT;
    };
    const [first, second] = [await worker({ relayMs: ENDLESS }), await worker({ relayMs: ENDLESS })];
    const runAt = new Date(Date.now() - 60_000);
    const { id } = await api.database.transaction(() => jobs.enqueue('mail.welcome', MAIL, { runAt }));

    await Promise.all([first, second, first, second].map((process) => process.get(JobRunner).run(id)));

    expect(runs).toBe(1);
    expect(await jobRow(api.database, id)).toMatchObject({ state: 'succeeded', attempts: 1 });
    await Promise.all([first.close(), second.close()]);
  });

  it('tries again with a growing delay, then fails for good with the reason', async () => {
    const attempts: number[] = [];
    handler = async (job) => {
      attempts.push(job.attempt);
      throw new Error('secret of the server');
    };
    const process = await worker();
    const { id } = await jobs.enqueue('data.process', { itemsJson: '[1]', paceMs: 0 }, { ownerId: OWNER });
    for (const attempt of [1, 2]) {
      const waiting = await waitFor('the delay', async () => {
        const job = await jobRow(api.database, id);
        return job?.state === 'queued' && job.attempts === attempt ? job : undefined;
      });
      const delays = await api.database.query<{ ms: number }>(
        'SELECT EXTRACT(EPOCH FROM run_at - started_at)::float8 * 1000 AS ms FROM jobs WHERE id = $1',
        [id],
      );
      expect(delays[0]?.ms).toBeGreaterThan(700 * attempt);
      expect(waiting.error).toEqual({ code: 'internal_error', detail: 'Internal error' });
      await api.database.query('UPDATE jobs SET run_at = now() WHERE id = $1', [id]);
    }

    const job = await inState(id, 'failed');

    expect(attempts).toEqual([1, 2, 3]);
    expect(job).toMatchObject({ attempts: 3, error: { code: 'internal_error', detail: 'Internal error' } });
    const events = await api.database.query<{ type: string }>('SELECT type FROM events WHERE stream = $1', [
      `user:${OWNER}`,
    ]);
    expect(events).toEqual([{ type: 'job.failed' }]);
    await process.close();
  });

  it('fails at once what will not get better', async () => {
    handler = () => Promise.reject(new AppError('mail_rejected', { detail: 'no such mailbox' }));
    const process = await worker();
    const { id } = await jobs.enqueue('mail.welcome', MAIL);

    const job = await inState(id, 'failed');

    expect(job).toMatchObject({ attempts: 1, error: { code: 'mail_rejected', detail: 'no such mailbox' } });
    await process.close();
  });

  it('writes effects with the end or not at all', async () => {
    handler = async (job) => withEffect(job);
    const process = await worker();
    let broken = true;
    effectOn = async (job) => {
      await writesBy(process)(job);
      if (broken) throw new Error('the effect fails');
    };
    const { id } = await jobs.enqueue('mail.welcome', MAIL);
    await waitFor('an attempt to fail', async () => (await jobRow(api.database, id))?.error);
    expect(await effectsOf(id)).toEqual([]);

    broken = false;
    await api.database.query('UPDATE jobs SET run_at = now() WHERE id = $1', [id]);
    await inState(id, 'succeeded');

    expect(await effectsOf(id)).toHaveLength(1);
    await process.close();
  });

  it('gives a job to another worker when the lease runs out, and fences the first', async () => {
    const started: RunningJob[] = [];
    let releaseFirst: (outcome: JobOutcome) => void = () => undefined;
    handler = (job) => {
      started.push(job);
      if (job.attempt > 1) return Promise.resolve(withEffect(job));
      return new Promise((resolve) => (releaseFirst = resolve));
    };
    // Never looks after its leases, as if its event loop were blocked.
    const blocked = await worker({ watchMs: ENDLESS, relayMs: ENDLESS });
    const { id } = await jobs.enqueue('mail.welcome', MAIL, { runAt: new Date(Date.now() + ENDLESS) });
    await api.database.query('UPDATE jobs SET run_at = now() WHERE id = $1', [id]);
    const firstRun = blocked.get(JobRunner).run(id);
    await waitFor('the first attempt', () => started[0]);
    const healthy = await worker();
    effectOn = writesBy(healthy);

    await inState(id, 'succeeded');
    effectOn = writesBy(blocked);
    // What it would write on its way does not count either.
    const late = started[0]?.whileHeld(() => Promise.resolve());
    await expect(late).rejects.toMatchObject({ interruption: 'lease_lost' });
    if (started[0]) releaseFirst(withEffect(started[0]));
    await firstRun;

    expect(started.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await effectsOf(id)).toEqual([{ by_attempt: 2 }]);
    expect(await jobRow(api.database, id)).toMatchObject({ state: 'succeeded', attempts: 2 });
    await Promise.all([blocked.close(), healthy.close()]);
  });

  it('keeps the lease of a job that takes longer', async () => {
    let end: (outcome: JobOutcome) => void = () => undefined;
    let runs = 0;
    handler = () => {
      runs += 1;
      return new Promise((resolve) => (end = resolve));
    };
    const [first, second] = [await worker(), await worker()];
    const { id } = await jobs.enqueue('mail.welcome', MAIL);
    const { leaseUntil } = await inState(id, 'running');
    await waitFor('the lease to be renewed beyond its first end', async () => {
      const job = await jobRow(api.database, id);
      return job?.leaseUntil && leaseUntil && job.leaseUntil.getTime() > leaseUntil.getTime() + 1_300;
    });

    end(MAIL_SENT);

    expect(await inState(id, 'succeeded')).toMatchObject({ attempts: 1 });
    expect(runs).toBe(1);
    await Promise.all([first.close(), second.close()]);
  });

  it('fails a job that ended its worker at each attempt', async () => {
    handler = () => Promise.resolve(MAIL_SENT);
    const { id } = await jobs.enqueue('data.process', { itemsJson: '[1]', paceMs: 0 });
    await api.database.query(
      `UPDATE jobs SET state = 'running', attempts = 3, lease_token = gen_random_uuid(),
         lease_until = now() - interval '1 second' WHERE id = $1`,
      [id],
    );
    const process = await worker();

    const job = await inState(id, 'failed');

    expect(job).toMatchObject({ attempts: 3, error: { code: 'job_attempts_exhausted' } });
    await process.close();
  });

  it('says so when the row of a delivered job is gone', async () => {
    const process = await worker();

    const running = process.get(JobRunner).run('0190a000-0000-7000-8000-00000000dead');

    await expect(running).rejects.toMatchObject({ code: 'job_row_missing' });
    await process.close();
  });

  it('stops a running job that is canceled, also when the handler does not listen', async () => {
    handler = () => new Promise(() => undefined);
    const process = await worker();
    const { id } = await jobs.enqueue('data.process', { itemsJson: '[1]', paceMs: 0 }, { ownerId: OWNER });
    await inState(id, 'running');

    const answered = await jobs.cancel(id, OWNER);
    const job = await inState(id, 'canceled');

    expect(answered.state).toBe('running');
    expect(job).toMatchObject({ result: null, error: null });
    const [event] = await api.database.query<{ type: string }>(
      `SELECT type FROM events WHERE data->>'id' = $1`,
      [id],
    );
    expect(event).toEqual({ type: 'job.canceled' });
    await process.close();
  });

  it('shows progress while it runs', async () => {
    let end: (outcome: JobOutcome) => void = () => undefined;
    handler = (job) => {
      job.reportProgress(12.7);
      job.reportProgress(55);
      job.reportProgress(Number.NaN);
      return new Promise((resolve) => (end = resolve));
    };
    const process = await worker();
    const { id } = await jobs.enqueue('mail.welcome', MAIL);

    await waitFor('the progress', async () => (await jobRow(api.database, id))?.progress === 55);
    end(MAIL_SENT);

    expect(await inState(id, 'succeeded')).toMatchObject({ progress: 100 });
    await process.close();
  });
});
