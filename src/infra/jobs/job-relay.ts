// Moves what is due from PostgreSQL to Redis. Runs in every worker, any number of them; woken by the bell and
// by the clock.

import { Inject, Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { Database } from '../database/database.js';
import { JobAnnouncer } from './job-announcer.js';
import { describeFailure } from './job-failure.js';
import { JobQueues } from './job-queues.js';
import { JOB_TIMINGS, type JobTimings } from './job-timings.js';
import { RelayBellListener } from './relay-bell-listener.js';
import { RelayRepository } from './relay.repository.js';

const BATCH = 100;
/** How long Redis is left alone after it has refused a batch. */
const REFUSED_PAUSE_MS = 500;

@Injectable()
export class JobRelay {
  private readonly logger = new Logger(JobRelay.name);
  private timer: NodeJS.Timeout | undefined;
  private stopped = true;
  private working = false;
  private wokenMeanwhile = false;
  private nextCareAt = 0;
  private redisPausedUntil = 0;

  constructor(
    private readonly database: Database,
    private readonly repository: RelayRepository,
    private readonly queues: JobQueues,
    private readonly announcer: JobAnnouncer,
    private readonly bell: RelayBellListener,
    @Inject(JOB_TIMINGS) private readonly timings: JobTimings,
  ) {}

  start(): void {
    this.stopped = false;
    this.timer = setInterval(() => void this.wake(), this.timings.relayMs);
    this.bell.start(() => void this.wake());
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
    this.bell.stop();
  }

  /** Relays until nothing is due. Never throws. */
  async wake(): Promise<void> {
    this.wokenMeanwhile = true;
    if (this.working) return;
    this.working = true;
    try {
      while (this.wokenMeanwhile && !this.stopped) {
        this.wokenMeanwhile = false;
        await this.takeCare();
        while (!this.stopped && (await this.handOver()));
      }
    } catch (error) {
      this.logger.warn({ reason: String(error) }, 'the relay pauses');
    } finally {
      this.working = false;
    }
  }

  /** What need not be looked at in every turn. */
  private async takeCare(): Promise<void> {
    const now = performance.now();
    if (now < this.nextCareAt) return;
    this.nextCareAt = now + this.timings.wipeCheckMs;
    await this.failExhausted();
    if (!this.queues.available) return;
    const wiped = await this.queues.wiped().catch(() => false);
    const again = wiped ? await this.repository.giveAllBack() : 0;
    if (again > 0) this.logger.warn({ jobs: again }, 'Redis was wiped; its jobs are handed over again');
  }

  private async failExhausted(): Promise<void> {
    const { failure } = describeFailure(new AppError('job_attempts_exhausted'));
    await this.database.transaction(async () => {
      for (const job of await this.repository.failExhausted(BATCH, failure)) {
        this.logger.error({ jobId: job.id, job: job.name }, 'the job ended its worker at each attempt');
        await this.announcer.announceEnd(job);
      }
    });
  }

  /** Hands one batch over; true when there may be more. */
  private async handOver(): Promise<boolean> {
    if (!this.queues.available || performance.now() < this.redisPausedUntil) return false;
    const taken = await this.repository.take(BATCH, this.timings.staleMs);
    if (taken.length === 0) return false;
    try {
      await this.queues.add(taken);
      return taken.length >= BATCH;
    } catch (error) {
      this.redisPausedUntil = performance.now() + REFUSED_PAUSE_MS;
      this.logger.warn({ reason: String(error), jobs: taken.length }, 'Redis refused jobs; they wait');
      await this.repository.giveBack(taken.map(({ id }) => id));
      return false;
    }
  }
}
