// What a worker that ends does with the jobs it has: all go back, and count as not tried.

import { JobRunner } from '../../../src/infra/jobs/job-runner.js';
import { Jobs } from '../../../src/infra/jobs/jobs.js';
import { LeaseRepository } from '../../../src/infra/jobs/lease.repository.js';
import type { JobHandler } from '../../../src/infra/jobs/running-job.js';
import { waitFor } from '../../support/wait-for.js';
import { jobRow, MAIL_SENT, startJobServices, type JobProcess, type JobServices } from './job-processes.js';

const MAIL = { userId: '0190a000-0000-7000-8000-000000000001' };

describe('the end of a worker', () => {
  let services: JobServices;
  let api: JobProcess;
  let jobs: Jobs;
  let handler: JobHandler;

  beforeAll(async () => {
    services = await startJobServices();
    api = await services.acceptor();
    jobs = api.get(Jobs);
  });
  afterAll(() => services.close());

  const worker = () => services.worker((job) => handler(job));
  const running = (id: string) =>
    waitFor('the job to be running', async () => (await jobRow(api.database, id))?.state === 'running');

  it('hands a job back when the process ends, without counting the attempt', async () => {
    handler = () => new Promise(() => undefined);
    const process = await worker();
    const { id } = await jobs.enqueue('mail.welcome', MAIL);
    await running(id);

    await process.close();

    expect(await jobRow(api.database, id)).toMatchObject({ state: 'queued', attempts: 0, leaseToken: null });
    await jobs.cancel(id, undefined);
  });

  it('hands a job back whose claim was under way when the process ended', async () => {
    let ran = false;
    handler = async () => {
      ran = true;
      return MAIL_SENT;
    };
    const process = await worker();
    const runner = process.get(JobRunner);
    const leases = process.get(LeaseRepository);
    const claim = leases.claim.bind(leases);
    const stopped = new Promise<void>((resolve) => {
      const stop = runner.stop.bind(runner);
      jest.spyOn(runner, 'stop').mockImplementation(() => resolve(stop()));
    });
    jest.spyOn(leases, 'claim').mockImplementation(async (...parameters) => {
      const job = await claim(...parameters);
      await stopped;
      return job;
    });
    const { id } = await jobs.enqueue('mail.welcome', MAIL);
    await running(id);

    await process.close();

    expect(ran).toBe(false);
    expect(await jobRow(api.database, id)).toMatchObject({ state: 'queued', attempts: 0, leaseToken: null });
    await jobs.cancel(id, undefined);
  });
});
