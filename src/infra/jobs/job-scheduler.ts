// Jobs that come by the clock. Each slot of a schedule is one dedupe key, so any number of workers enqueue it
// once. The clock is PostgreSQL's.

import { Inject, Injectable, Logger } from '@nestjs/common';
import { SCHEDULES, type JobName, type ScheduledJobName } from '../../contracts/jobs.js';
import { Database } from '../database/database.js';
import { JOB_TIMINGS, type JobTimings } from './job-timings.js';
import { Jobs } from './jobs.js';

const SCHEDULED = Object.entries(SCHEDULES) as [ScheduledJobName, number][];

@Injectable()
export class JobScheduler {
  private readonly logger = new Logger(JobScheduler.name);
  private readonly lastSlots = new Map<JobName, string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    @Inject(JOB_TIMINGS) private readonly timings: JobTimings,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.tick(), this.timings.scheduleMs);
    void this.tick();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /**
   * Enqueues the current slot of each schedule, unless somebody has.
   * @throws AppError service_unavailable
   */
  async enqueueDue(): Promise<void> {
    const [clock] = await this.database.query<{ now: Date }>('SELECT now()');
    if (!clock) return;
    for (const [name, everyMs] of SCHEDULED) {
      const slot = new Date(Math.floor(clock.now.getTime() / everyMs) * everyMs).toISOString();
      if (this.lastSlots.get(name) === slot) continue;
      await this.jobs.enqueue(name, { slot }, { dedupeKey: `${name}:${slot}` });
      this.lastSlots.set(name, slot);
    }
  }

  private async tick(): Promise<void> {
    try {
      await this.enqueueDue();
    } catch (error) {
      this.logger.warn({ reason: String(error) }, 'schedules wait for the database');
    }
  }
}
