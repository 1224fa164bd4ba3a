// Says every few seconds that this worker lives. A row and not a Redis key: health must be known while Redis
// is away.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database.js';
import { JOB_TIMINGS, type JobTimings } from './job-timings.js';
import { PurgeTask } from './purge-task.decorator.js';

/** Goodbye is not worth waiting longer for, in ms. */
const FAREWELL_MS = 500;

@Injectable()
export class WorkerHeartbeat {
  private readonly logger = new Logger(WorkerHeartbeat.name);
  private readonly workerId = randomUUID();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    @Inject(JOB_TIMINGS) private readonly timings: JobTimings,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.beat(), this.timings.heartbeatMs);
    void this.beat();
  }

  /** Takes the worker off the list. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    const farewell = this.database
      .query('DELETE FROM worker_heartbeats WHERE worker_id = $1', [this.workerId])
      .catch(() => undefined);
    await Promise.race([farewell, new Promise((resolve) => setTimeout(resolve, FAREWELL_MS).unref())]);
  }

  /** Forgets workers that were not seen for a day; returns how many. */
  @PurgeTask('workerHeartbeats')
  async purge(): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM worker_heartbeats WHERE seen_at < now() - interval '1 day' RETURNING worker_id`,
    );
    return rows.length;
  }

  private async beat(): Promise<void> {
    try {
      await this.database.query(
        `INSERT INTO worker_heartbeats (worker_id, host) VALUES ($1, $2)
         ON CONFLICT (worker_id) DO UPDATE SET seen_at = now()`,
        [this.workerId, hostname()],
      );
    } catch (error) {
      this.logger.debug({ reason: String(error) }, 'the heartbeat was not written');
    }
  }
}
