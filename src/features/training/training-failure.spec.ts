import { AppError } from '../../common/errors/app-error.js';
import { ERRORS, type ErrorCode } from '../../contracts/errors.js';
import { ChildFailure } from '../../infra/child-process/child-failure.js';
import { TRAINING_REFUSALS } from '../../infra/learning/training-refusal.js';
import { ObjectMissing } from '../../infra/storage/object-store.js';
import { trainingFailure } from './training-failure.js';

const SECRET = '/var/lib/milepost at Object.<anonymous> (/srv/app/x.js:1:2)';

describe('why a training has failed', () => {
  it.each([
    ['out_of_memory', 'training_out_of_memory', false, /memory.*Leave out/],
    ['timed_out', 'training_timed_out', false, /longer than it may.*fewer/],
    ['crashed', 'training_crashed', true, /ended before/],
    ['failed', 'training_crashed', true, /ended before/],
  ] as const)('is said in words: %s', (reason, code, retryable, words) => {
    const error = trainingFailure(new ChildFailure(reason, SECRET, SECRET)) as AppError;
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code, retryable });
    expect(error.detail).toMatch(words);
    expect(error.detail).not.toContain('/');
  });

  it('may be that the dataset has gone', () => {
    expect(trainingFailure(new ObjectMissing('key'))).toMatchObject({ code: 'dataset_not_found' });
  });

  it('is left as it is when it says nothing about the training', () => {
    const error = new AppError('service_unavailable');
    expect(trainingFailure(error)).toBe(error);
  });

  it('has a code of the contract for each refusal, which is not tried again', () => {
    for (const refusal of TRAINING_REFUSALS) {
      expect(ERRORS[refusal satisfies ErrorCode]).toMatchObject({ status: 422 });
      expect(ERRORS[refusal]).not.toHaveProperty('retryable');
    }
  });
});
