// A job is a row of its caller's transaction.

import { newContext, runInContext } from '../../../src/common/request-context/request-context.js';
import { Jobs } from '../../../src/infra/jobs/jobs.js';
import { jobRow, startJobServices, type JobProcess, type JobServices } from './job-processes.js';

const MAIL = { userId: '0190a000-0000-7000-8000-000000000001' };

describe('accepting jobs', () => {
  let services: JobServices;
  let api: JobProcess;
  let jobs: Jobs;

  beforeAll(async () => {
    services = await startJobServices();
    api = await services.acceptor();
    jobs = api.get(Jobs);
  });
  afterAll(() => services.close());

  it('leaves nothing behind when the transaction rolls back', async () => {
    let id = '';
    const work = api.database.transaction(async () => {
      ({ id } = await jobs.enqueue('mail.welcome', MAIL));
      expect(await jobRow(api.database, id)).toBeDefined();
      throw new Error('the caller fails');
    });

    await expect(work).rejects.toThrow('the caller fails');
    expect(await jobRow(api.database, id)).toBeUndefined();
  });

  it('keeps payload, owner, time, attempts and the request that caused it', async () => {
    const ownerId = '0190a000-0000-7000-8000-000000000002';
    const runAt = new Date('2099-01-01T00:00:00.000Z');

    const { id } = await runInContext(newContext('request-7'), () =>
      jobs.enqueue('mail.welcome', MAIL, { ownerId, runAt }),
    );

    expect(await jobRow(api.database, id)).toMatchObject({
      name: 'mail.welcome',
      payload: MAIL,
      ownerId,
      runAt,
      state: 'queued',
      attempts: 0,
      maxAttempts: 5,
      requestId: 'request-7',
    });
  });

  it('costs one statement, and no round trip to Redis', async () => {
    const context = newContext('request-8');

    await runInContext(context, () => jobs.enqueue('mail.welcome', MAIL));

    expect(context).toMatchObject({ sqlStatements: 1, redisRoundTrips: 0 });
  });

  it('makes one job of a dedupe key, also when twenty callers race', async () => {
    const accepted = await Promise.all(
      Array.from({ length: 20 }, () => jobs.enqueue('mail.welcome', MAIL, { dedupeKey: 'welcome:1' })),
    );

    expect(new Set(accepted.map(({ id }) => id)).size).toBe(1);
    const rows = await api.database.query(`SELECT id FROM jobs WHERE dedupe_key = 'welcome:1'`);
    expect(rows).toHaveLength(1);
  });

  it('cancels a waiting job at once, once', async () => {
    const { id } = await jobs.enqueue('mail.welcome', MAIL);

    const canceled = await jobs.cancel(id, undefined);

    expect(canceled).toMatchObject({ state: 'canceled', finishedAt: expect.any(Date) as Date });
    await expect(jobs.cancel(id, undefined)).rejects.toMatchObject({ code: 'job_already_finished' });
  });

  it('starts over only what failed or was canceled', async () => {
    const { id } = await jobs.enqueue('mail.welcome', MAIL);
    await expect(jobs.retry(id)).rejects.toMatchObject({ code: 'job_not_failed' });
    await jobs.cancel(id, undefined);

    const again = await jobs.retry(id);

    expect(again).toMatchObject({ state: 'queued', attempts: 0, finishedAt: null, cancelRequestedAt: null });
    await expect(jobs.retry(MAIL.userId)).rejects.toMatchObject({ code: 'job_not_found' });
  });
});
