// Runs one job that Redis has delivered: claim the row, do the work, write the end.

import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { newContext, runInContext } from '../../common/request-context/request-context.js';
import { JOBS } from '../../contracts/jobs.js';
import { Database } from '../database/database.js';
import { whileDatabaseIsAway } from './database-patience.js';
import type { HeldLease } from './held-lease.js';
import { HeldLeases } from './held-leases.js';
import { JobAnnouncer } from './job-announcer.js';
import { JobHandlers } from './job-handlers.js';
import { JobSettlement, type AttemptEnd } from './job-settlement.js';
import { JOB_TIMINGS, type JobTimings } from './job-timings.js';
import type { JobEntity } from './job.entity.js';
import { LeaseRepository } from './lease.repository.js';
import { ProgressReport } from './progress-report.js';
import { JobInterrupted, type RunningJob } from './running-job.js';

/** How long a delivered job waits for a database that is away; later the relay delivers it again. */
const CLAIM_PATIENCE_MS = 10_000;

@Injectable()
export class JobRunner {
  private readonly logger = new Logger(JobRunner.name);
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly leases: LeaseRepository,
    private readonly heldLeases: HeldLeases,
    private readonly handlers: JobHandlers,
    private readonly settlement: JobSettlement,
    private readonly announcer: JobAnnouncer,
    @Inject(JOB_TIMINGS) private readonly timings: JobTimings,
  ) {}

  /** From now on, delivered jobs are put back for other workers. */
  stop(): void {
    this.stopping = true;
  }

  /**
   * Runs the job to the end of this attempt. Ends quietly when it is not there to be had: a duplicate.
   * @throws AppError job_row_missing when there is no such job
   */
  async run(id: string): Promise<void> {
    if (this.stopping) return this.leases.refuse(id);
    const claimed = await this.heldLeases.whileClaiming(() => this.claim(id));
    if (!claimed) {
      if (await this.leases.exists(id)) return;
      throw new AppError('job_row_missing');
    }
    const { job, held } = claimed;
    try {
      await runInContext(newContext(job.requestId ?? job.id), () => this.attempt(job, held));
    } finally {
      this.heldLeases.remove(held);
    }
  }

  private async claim(id: string): Promise<{ job: JobEntity; held: HeldLease } | undefined> {
    const lease = { id, token: randomUUID() };
    const startedAt = performance.now();
    let claimedAt = startedAt;
    const job = await whileDatabaseIsAway(
      () => {
        claimedAt = performance.now();
        return this.leases.claim(lease, this.timings.leaseMs);
      },
      () => this.stopping || performance.now() - startedAt > CLAIM_PATIENCE_MS,
    );
    return job && { job, held: this.heldLeases.add(lease, claimedAt) };
  }

  private async attempt(job: JobEntity, lease: HeldLease): Promise<void> {
    const startedAt = performance.now();
    const timeout = setTimeout(() => lease.interrupt('timed_out'), JOBS[job.name].timeoutMs);
    const end = await this.work(job, lease).finally(() => clearTimeout(timeout));
    await this.settlement.settle(job, lease, end);
    const durationMs = Math.round(performance.now() - startedAt);
    this.logger.log(
      { jobId: job.id, job: job.name, attempt: job.attempts, end: end.kind, durationMs },
      'job ended',
    );
  }

  /** The handler's end, or, when it ignores an interruption, the end that this means. */
  private async work(job: JobEntity, lease: HeldLease): Promise<AttemptEnd> {
    if (job.cancelRequestedAt) return { kind: 'canceled' };
    // The end came while the claim was under way.
    if (this.stopping) return { kind: 'handed_back' };
    const progress = new ProgressReport(
      (percent) => this.writeProgress(lease, percent),
      this.timings.progressMs,
    );
    const handled = this.handlers.handle(this.runningJob(job, lease, progress)).then(
      (outcome): AttemptEnd => ({ kind: 'succeeded', outcome }),
      (error: unknown): AttemptEnd => endOfInterrupted(lease) ?? { kind: 'failed', error },
    );
    try {
      return await Promise.race([handled, this.graceAfterInterruption(lease)]);
    } finally {
      progress.stop();
    }
  }

  private graceAfterInterruption(lease: HeldLease): Promise<AttemptEnd> {
    return new Promise((resolve) => {
      const afterGrace = (): void => resolve(endOfInterrupted(lease) ?? { kind: 'lost' });
      lease.signal.addEventListener(
        'abort',
        () => setTimeout(afterGrace, this.timings.abortGraceMs).unref(),
        {
          once: true,
        },
      );
    });
  }

  private runningJob(job: JobEntity, lease: HeldLease, progress: ProgressReport): RunningJob {
    return {
      id: job.id,
      name: job.name,
      // Written by enqueue(), which takes the payload of this name only.
      payload: job.payload as RunningJob['payload'],
      ownerId: job.ownerId,
      attempt: job.attempts,
      maxAttempts: job.maxAttempts,
      requestId: job.requestId ?? job.id,
      signal: lease.signal,
      reportProgress: (percent) => progress.report(percent),
      whileHeld: (work) => this.whileHeld(lease, work),
    };
  }

  private whileHeld<Result>(lease: HeldLease, work: () => Promise<Result>): Promise<Result> {
    return this.database.transaction(async () => {
      if (!(await this.leases.lock(lease))) throw new JobInterrupted('lease_lost');
      return work();
    });
  }

  private writeProgress(lease: HeldLease, percent: number): void {
    this.database
      .outside(() => this.leases.writeProgress(lease, percent))
      .then((written) => written && this.announcer.announceProgress(written))
      .catch((error: unknown) => this.logger.debug({ reason: String(error) }, 'progress was not written'));
  }
}

function endOfInterrupted(lease: HeldLease): AttemptEnd | undefined {
  switch (lease.interruption) {
    case 'canceled':
      return { kind: 'canceled' };
    case 'timed_out':
      return { kind: 'failed', error: new AppError('job_timed_out') };
    case 'lease_lost':
      return { kind: 'lost' };
    case 'shutdown':
      return { kind: 'handed_back' };
    case undefined:
      return undefined;
  }
}
