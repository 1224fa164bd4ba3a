import { DEFAULT_JOB_TIMINGS, jobTimings } from './job-timings.js';

describe('timings of jobs by the settings', () => {
  it('are the usual ones with the usual settings', () => {
    expect(jobTimings({ leaseSeconds: 30, drainSeconds: 18 })).toEqual(DEFAULT_JOB_TIMINGS);
  });

  it('shorten with the lease what has to be shorter than it', () => {
    const { leaseMs, staleMs, watchMs } = jobTimings({ leaseSeconds: 2, drainSeconds: 18 });
    expect({ leaseMs, staleMs, watchMs }).toEqual({ leaseMs: 2_000, staleMs: 1_000, watchMs: 200 });
  });

  it('do not leave ids longer in Redis, nor cancels unheard, with a longer lease', () => {
    const { staleMs, watchMs } = jobTimings({ leaseSeconds: 600, drainSeconds: 18 });
    expect({ staleMs, watchMs }).toEqual({
      staleMs: DEFAULT_JOB_TIMINGS.staleMs,
      watchMs: DEFAULT_JOB_TIMINGS.watchMs,
    });
  });

  it('let running jobs go on after SIGTERM as long as they may', () => {
    expect(jobTimings({ leaseSeconds: 30, drainSeconds: 3 }).drainMs).toBe(3_000);
  });
});
