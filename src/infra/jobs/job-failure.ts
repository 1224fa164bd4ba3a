// What an error of a handler means for its job.

import { AppError } from '../../common/errors/app-error.js';
import { translateDatabaseError } from '../database/postgres-errors.js';
import type { JobFailure } from './job.entity.js';

export interface DescribedFailure {
  /** For the owner's eyes: no message of an unknown error, which may hold anything. */
  readonly failure: JobFailure;
  readonly retryable: boolean;
}

/** Unknown errors are tried again, AppErrors only when their code is retryable. */
export function describeFailure(error: unknown): DescribedFailure {
  const translated = translateDatabaseError(error);
  const known = translated instanceof AppError ? translated : new AppError('internal_error');
  return { failure: { code: known.wireCode, detail: known.detail }, retryable: known.retryable };
}
