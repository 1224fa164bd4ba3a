// How an attempt ends in the database: fenced by the lease, with the job's effects in the same transaction.

import { Inject, Injectable, Logger } from '@nestjs/common';
import { JOBS } from '../../contracts/jobs.js';
import { Database } from '../database/database.js';
import { whileDatabaseIsAway } from './database-patience.js';
import type { HeldLease } from './held-lease.js';
import { JobAnnouncer } from './job-announcer.js';
import { describeFailure } from './job-failure.js';
import { JOB_TIMINGS, type JobTimings } from './job-timings.js';
import type { JobEntity } from './job.entity.js';
import { LeaseRepository } from './lease.repository.js';
import { retryDelay } from './retry-delay.js';
import type { JobOutcome } from './running-job.js';

export type AttemptEnd =
  | { readonly kind: 'succeeded'; readonly outcome: JobOutcome }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'canceled' }
  | { readonly kind: 'handed_back' }
  | { readonly kind: 'lost' };

/** Rolls the transaction back: another worker has the job. */
class LeaseLost extends Error {}

@Injectable()
export class JobSettlement {
  private readonly logger = new Logger(JobSettlement.name);

  constructor(
    private readonly database: Database,
    private readonly leases: LeaseRepository,
    private readonly announcer: JobAnnouncer,
    @Inject(JOB_TIMINGS) private readonly timings: JobTimings,
  ) {}

  /**
   * Writes the end of an attempt. Waits for a database that is away, but no longer than a lease lasts; when the
   * lease is lost nothing is written, because someone else answers for the job.
   */
  async settle(job: JobEntity, lease: HeldLease, end: AttemptEnd): Promise<void> {
    try {
      await this.write(job, lease, end);
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      this.logger.warn(this.about(job), 'the job was taken over; this attempt counts for nothing');
    }
  }

  private async write(job: JobEntity, lease: HeldLease, end: AttemptEnd): Promise<void> {
    const patiently = (work: () => Promise<void>): Promise<void> => {
      const deadline = performance.now() + this.timings.leaseMs;
      return whileDatabaseIsAway(work, () => lease.lost || performance.now() > deadline);
    };
    switch (end.kind) {
      case 'lost':
        throw new LeaseLost();
      case 'handed_back':
        return patiently(() => this.leases.handBack(lease));
      case 'canceled':
        return patiently(() => this.finish(lease, { state: 'canceled' }));
      case 'failed':
        return patiently(() => this.fail(job, lease, end.error));
      case 'succeeded':
        return patiently(() => this.succeed(lease, end.outcome)).catch(async (error: unknown) => {
          if (error instanceof LeaseLost) throw error;
          await patiently(() => this.fail(job, lease, error));
        });
    }
  }

  private succeed(lease: HeldLease, outcome: JobOutcome): Promise<void> {
    return this.finish(lease, { state: 'succeeded', result: outcome.result }, outcome.effects);
  }

  private async fail(job: JobEntity, lease: HeldLease, error: unknown): Promise<void> {
    const { failure, retryable } = describeFailure(error);
    if (retryable && job.attempts < job.maxAttempts) {
      const delayMs = retryDelay(JOBS[job.name].backoffMs, job.attempts);
      this.logger.warn({ ...this.about(job), err: error, delayMs }, 'the job failed and will be tried again');
      if (await this.leases.postpone(lease, delayMs, failure)) return;
    } else {
      this.logger.error({ ...this.about(job), err: error }, 'the job failed for good');
    }
    await this.finish(lease, { state: 'failed', error: failure });
  }

  /** The row first: its lock holds everybody else off while the effects are written. */
  private finish(
    lease: HeldLease,
    end: Parameters<LeaseRepository['finish']>[1],
    effects?: () => Promise<void>,
  ): Promise<void> {
    return this.database.transaction(async () => {
      const finished = await this.leases.finish(lease, end);
      if (!finished) throw new LeaseLost();
      if (finished.state === 'succeeded') await effects?.();
      await this.announcer.announceEnd(finished);
    });
  }

  private about(job: JobEntity) {
    return { jobId: job.id, job: job.name, attempt: job.attempts, maxAttempts: job.maxAttempts };
  }
}
