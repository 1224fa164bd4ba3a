import { createHash } from 'node:crypto';
import type { RunningJob } from '../../infra/jobs/running-job.js';
import { JobsWorker } from './jobs.worker.js';

function aJob(items: unknown[], paceMs = 0, signal = new AbortController().signal) {
  const progress: number[] = [];
  const job: RunningJob<'data.process'> = {
    id: '0190a000-0000-7000-8000-000000000000',
    name: 'data.process',
    payload: { itemsJson: JSON.stringify(items), paceMs },
    ownerId: null,
    attempt: 1,
    maxAttempts: 3,
    requestId: 'r',
    signal,
    reportProgress: (percent) => progress.push(percent),
    whileHeld: (work) => work(),
  };
  return { job, progress };
}

describe('data.process', () => {
  it('hashes exactly what JSON.stringify makes of the items', async () => {
    const items = ['ä€😀', { b: 1, a: [null, true, 1.5e300] }, '\ud800', 'nul\0', [], {}];
    const text = JSON.stringify(items);

    const { result } = await new JobsWorker().process(aJob(items).job);

    expect(result).toEqual({
      status: 'processed',
      count: 6,
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    });
  });

  it('reports how far it is, up to 100', async () => {
    const { job, progress } = aJob([1, 2, 3, 4]);

    await new JobsWorker().process(job);

    expect(progress).toEqual([25, 50, 75, 100]);
  });

  it.each([0, 1_000])('stops when told to, at a pace of %i ms', async (paceMs) => {
    const abort = new AbortController();
    const { job, progress } = aJob(
      Array.from({ length: 10_000 }, () => 0),
      paceMs,
      abort.signal,
    );

    const running = new JobsWorker().process(job);
    abort.abort();

    await expect(running).rejects.toThrow('aborted');
    expect(progress.length).toBeLessThanOrEqual(100);
  });
});
