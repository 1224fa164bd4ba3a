import type { JobName } from '../../contracts/jobs.js';
import type { JobHandler } from './running-job.js';

/** Metadata of a handler method: the names of its jobs. */
export const HANDLES_JOB = Symbol('HANDLES_JOB');

/**
 * Makes a method of a `*.worker.ts` class the handler of one job; several on one method are fine. Each job
 * has exactly one handler, or the worker does not start. What a handler throws: an AppError that is not
 * retryable fails the job at once, anything else is tried again.
 */
export function HandlesJob<Name extends JobName>(name: Name) {
  return <Method extends JobHandler<Name>>(
    _target: object,
    _key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const method = descriptor.value;
    if (!method) return;
    const names = (Reflect.getMetadata(HANDLES_JOB, method) ?? []) as JobName[];
    Reflect.defineMetadata(HANDLES_JOB, [...names, name], method);
  };
}
