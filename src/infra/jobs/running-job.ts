// What a job handler gets and gives.

import type { JobName, JobPayload, JobResult } from '../../contracts/jobs.js';

export interface RunningJob<Name extends JobName = JobName> {
  readonly id: string;
  readonly name: Name;
  readonly payload: JobPayload<Name>;
  /** Null for the system's own jobs. */
  readonly ownerId: string | null;
  /** From 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** The request that caused it, or the job's own id. */
  readonly requestId: string;
  /**
   * Aborted when the work is to stop: canceled, out of time, taken over or handed back. What the handler does
   * then no longer counts; it has about a second to end.
   */
  readonly signal: AbortSignal;
  /** Notes how far it is, in percent. Returns at once, never throws, costs at most one write a second. */
  reportProgress(percent: number): void;
  /**
   * Writes to the database while the work goes on: `work` runs in a transaction that commits only if this attempt
   * still has the job.
   * @throws JobInterrupted lease_lost when it has not
   */
  whileHeld<Result>(work: () => Promise<Result>): Promise<Result>;
}

export interface JobOutcome<Name extends JobName = JobName> {
  readonly result: JobResult<Name>;
  /**
   * The job's writes. They run in the transaction that marks the job as succeeded, and are rolled back when
   * another worker has taken it over: so they happen once.
   */
  readonly effects?: () => Promise<void>;
}

export type JobHandler<Name extends JobName = JobName> = (job: RunningJob<Name>) => Promise<JobOutcome<Name>>;

/** Why a running job is told to stop. */
export type InterruptionReason = 'canceled' | 'timed_out' | 'lease_lost' | 'shutdown';

/** The reason of an aborted RunningJob.signal. */
export class JobInterrupted extends Error {
  constructor(readonly interruption: InterruptionReason) {
    super(`the job was interrupted: ${interruption}`);
    this.name = 'JobInterrupted';
  }
}
