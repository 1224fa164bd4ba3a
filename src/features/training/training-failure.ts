// Why a training has failed, in words for the person who started it.

import { AppError } from '../../common/errors/app-error.js';
import { ChildFailure } from '../../infra/child-process/child-failure.js';
import { ObjectMissing } from '../../infra/storage/object-store.js';

/** The error of an attempt as the job is to have it; what says nothing about the training comes back as it is. */
export function trainingFailure(error: unknown): unknown {
  if (error instanceof ObjectMissing) {
    return new AppError('dataset_not_found', {
      detail: 'The dataset was deleted before the training was done.',
      cause: error,
    });
  }
  if (!(error instanceof ChildFailure)) return error;
  switch (error.reason) {
    case 'out_of_memory':
      return new AppError('training_out_of_memory', {
        detail:
          'The training needs more memory than it may have. Leave out columns with many different texts, or train on fewer rows.',
        cause: error,
      });
    case 'timed_out':
      return new AppError('training_timed_out', {
        detail: 'The training takes longer than it may. Use fewer rounds, fewer rows or fewer columns.',
        cause: error,
      });
    case 'crashed':
    case 'failed':
      return new AppError('training_crashed', {
        detail: 'The process that trained has ended before it was done.',
        cause: error,
      });
  }
}
