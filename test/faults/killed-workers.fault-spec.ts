// Workers that are killed, frozen and stopped in the middle of a job. The job goes on in another worker, what it
// does to the database happens once, and a job that ends every worker ends itself.

import { createHash } from 'node:crypto';
import { ApiClient } from '../support/api-client.js';
import { Deployment } from '../support/deployment.js';
import type { KillableProcess } from '../support/killable-process.js';
import { waitFor } from '../support/wait-for.js';
import { AcceptedJobs } from './accepted-jobs.js';

/** Lasts three seconds: long enough to be caught in the middle. */
const ITEMS = Array.from({ length: 12 }, (_, index) => ({ index }));
const PACE_MS = 250;
/** Longer than any test. */
const ENDLESS = { items: Array.from({ length: 10_000 }, () => 1), paceMs: 1_000 };
const ATTEMPTS = 3;
const SHA_256 = createHash('sha256').update(JSON.stringify(ITEMS)).digest('hex');

describe('fault table: workers', () => {
  let deployment: Deployment;
  let jobs: AcceptedJobs;
  let user: ApiClient;
  let first: KillableProcess;
  let second: KillableProcess;

  beforeAll(async () => {
    deployment = await Deployment.start({
      workers: 2,
      settings: { JOB_LEASE: '5s', JOB_DRAIN: '1s', LOG_LEVEL: 'warn' },
    });
    [first, second] = deployment.workers as [KillableProcess, KillableProcess];
    // One alone, so that it is known who runs a job; each test ends like this.
    await second.terminate();
    jobs = new AcceptedJobs(deployment);
    user = await ApiClient.signedUp(deployment.apis[0]?.url ?? '');
  });
  afterEach(() => expect(deployment.unexpectedEnds).toEqual([]));
  afterAll(() => deployment.stop());

  async function accept(body: object): Promise<string> {
    const { id } = await user.ask<{ id: string }>('POST', '/api/v1/jobs/process-data', body);
    return id;
  }

  async function expectDoneOnce(id: string): Promise<number> {
    const { result, attempts } = await jobs.inState(id, 'succeeded');
    expect(result).toMatchObject({ count: ITEMS.length, sha256: SHA_256 });
    expect(await jobs.endsOf(id)).toBe(1);
    return attempts;
  }

  it('kill -9 a worker mid-job, once and twice: it goes on elsewhere, and is done once', async () => {
    const id = await accept({ items: ITEMS, paceMs: PACE_MS });
    await jobs.inState(id, 'running', 1);
    await first.kill();
    await second.start();
    await jobs.inState(id, 'running', 2);
    await second.kill();
    await first.start();

    expect(await expectDoneOnce(id)).toBe(3);
  });

  it('a job that kills its process each time fails with a reason, and the others go on', async () => {
    const deadly = await accept(ENDLESS);
    const others: string[] = [];
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      await jobs.inState(deadly, 'running', attempt);
      for (let count = 0; count < 5; count += 1) others.push(await accept({ items: ITEMS }));
      await first.restart();
    }

    await jobs.inState(deadly, 'failed', ATTEMPTS);
    const { body } = await user.call('GET', `/api/v1/jobs/${deadly}`);
    expect(body).toMatchObject({
      state: 'failed',
      error: { code: 'job_attempts_exhausted', detail: expect.any(String) as string },
    });
    expect(await jobs.endsOf(deadly)).toBe(1);
    for (const id of others) await expectDoneOnce(id);
    await expectDoneOnce(await accept({ items: ITEMS }));
  });

  it('a worker that hangs beyond its lease: a second one takes over, the first is fenced', async () => {
    const id = await accept({ items: ITEMS, paceMs: PACE_MS });
    await jobs.inState(id, 'running', 1);
    first.pause();
    await second.start();
    await jobs.inState(id, 'running', 2);
    first.resume();

    await waitFor('the first to notice', () => deployment.output.includes('the job was taken over'), 60_000);
    expect(await expectDoneOnce(id)).toBe(2);
    // It is as good as before: alone, it does the next one.
    await second.terminate();
    await expectDoneOnce(await accept({ items: ITEMS }));
  });

  it('SIGTERM with a long job running: the worker ends in time, the job goes on elsewhere', async () => {
    const id = await accept(ENDLESS);
    await jobs.inState(id, 'running', 1);

    // Code 1 would be the hard end after the deadline.
    expect(await first.terminate()).toBe('ended with code 0');
    expect(await jobs.find(id)).toMatchObject({ state: 'queued', attempts: 0 });

    await first.start();
    await jobs.inState(id, 'running', 1);
    await user.ask('POST', `/api/v1/jobs/${id}/cancel`);
    await jobs.inState(id, 'canceled');
  });

  it('SIGTERM with Redis away: API and worker end in time, the job goes on when it is back', async () => {
    const [api] = deployment.apis;
    const id = await accept(ENDLESS);
    await jobs.inState(id, 'running', 1);
    await deployment.redis.kill();
    await waitFor(
      'the API to notice',
      async () => (await user.call('GET', '/health/ready')).body['status'] !== 'ok',
    );
    const waiting = await accept({ items: ITEMS });

    const ends = await Promise.all([first.terminate(), api?.process.terminate()]);
    expect(ends).toEqual(['ended with code 0', 'ended with code 0']);
    expect(await jobs.find(id)).toMatchObject({ state: 'queued', attempts: 0 });

    await Promise.all([second.start(), api?.process.start(), deployment.redis.start()]);
    await jobs.inState(id, 'running', 1);
    await expectDoneOnce(waiting);
  });
});
