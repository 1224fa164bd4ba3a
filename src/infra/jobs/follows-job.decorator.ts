import type { JobName } from '../../contracts/jobs.js';
import type { JobEntity } from './job.entity.js';

/** Metadata of a following method: the name of the job. */
export const FOLLOWS_JOB = Symbol('FOLLOWS_JOB');

/** Gets the job as it stands: `queued` when it was started over, else the state in which it has ended. */
export type FollowMethod = (job: JobEntity) => Promise<void>;

/**
 * Makes a method of a provider hear of each end of a job, however it came about, and of its being started over.
 * It runs in the transaction that does so, in whichever process: what it throws undoes that.
 */
export function FollowsJob(name: JobName) {
  return <Method extends FollowMethod>(
    _target: object,
    _key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    if (descriptor.value) Reflect.defineMetadata(FOLLOWS_JOB, name, descriptor.value);
  };
}
