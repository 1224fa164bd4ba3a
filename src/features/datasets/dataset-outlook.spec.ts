import { outlookOf } from './dataset-outlook.js';

const profiling = { state: 'profiling', error: null, jobError: null } as const;

describe('the outlook of a dataset', () => {
  it.each(['queued', 'enqueued', 'running', 'succeeded'])('is profiling while its job is %s', (jobState) => {
    expect(outlookOf({ ...profiling, jobState })).toEqual({ state: 'profiling', error: null });
  });

  it.each([
    ['was canceled', 'canceled', 'profiling_canceled'],
    ['failed', 'failed', 'profiling_failed'],
    ['is not kept any more', null, 'profiling_failed'],
  ])('is invalid once its job %s', (_name, jobState, code) => {
    expect(outlookOf({ ...profiling, jobState })).toMatchObject({ state: 'invalid', error: { code } });
  });

  it('says why the job failed', () => {
    const jobError = { code: 'job_timed_out', detail: 'The job took too long' };
    expect(outlookOf({ ...profiling, jobState: 'failed', jobError }).error?.detail).toBe(jobError.detail);
  });

  it('is what was found, whatever became of the job', () => {
    const found = { state: 'ready', error: null, jobError: null, jobState: null } as const;
    expect(outlookOf(found)).toEqual({ state: 'ready', error: null });
  });
});
