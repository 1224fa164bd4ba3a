// The SQL of the relay: which jobs are to be handed to Redis, and which are beyond help.

import { Injectable } from '@nestjs/common';
import { JOB_NAMES, type JobName } from '../../contracts/jobs.js';
import { Database } from '../database/database.js';
import { JobEntity, type JobFailure } from './job.entity.js';

export interface HandedOver {
  readonly id: string;
  readonly name: JobName;
}

@Injectable()
export class RelayRepository {
  constructor(private readonly database: Database) {}

  /**
   * Marks up to `limit` jobs of each kind as handed over and returns them: due ones, ones whose id Redis
   * seems to have lost, and ones whose worker has vanished. Rows that another relay holds are skipped.
   */
  async take(limit: number, staleMs: number): Promise<HandedOver[]> {
    // Names this version does not know belong to newer workers.
    return this.database.query<HandedOver>(
      `WITH due AS (
         SELECT id FROM jobs WHERE state = 'queued' AND run_at <= now() AND name = ANY($3)
         ORDER BY run_at LIMIT $1 FOR UPDATE SKIP LOCKED
       ), stale AS (
         SELECT id FROM jobs
         WHERE state = 'enqueued' AND enqueued_at < now() - make_interval(secs => $2::float8 / 1000)
           AND name = ANY($3)
         ORDER BY enqueued_at LIMIT $1 FOR UPDATE SKIP LOCKED
       ), abandoned AS (
         SELECT id FROM jobs
         WHERE state = 'running' AND lease_until < now() AND attempts < max_attempts AND name = ANY($3)
         ORDER BY lease_until LIMIT $1 FOR UPDATE SKIP LOCKED
       )
       UPDATE jobs SET state = 'enqueued', enqueued_at = now(), lease_token = NULL, lease_until = NULL
       WHERE id IN (SELECT id FROM due UNION ALL SELECT id FROM stale UNION ALL SELECT id FROM abandoned)
       RETURNING id, name`,
      [limit, staleMs, JOB_NAMES],
    );
  }

  /** Undoes take() for jobs that Redis did not accept. */
  async giveBack(ids: readonly string[]): Promise<void> {
    await this.database.query(
      `UPDATE jobs SET state = 'queued' WHERE id = ANY($1::uuid[]) AND state = 'enqueued'`,
      [ids],
    );
  }

  /** Puts everything back that only Redis knew of; returns how many. */
  async giveAllBack(): Promise<number> {
    const rows = await this.database.query(
      `UPDATE jobs SET state = 'queued' WHERE state = 'enqueued' RETURNING id`,
    );
    return rows.length;
  }

  /** Ends up to `limit` jobs whose last attempt vanished with its worker. */
  async failExhausted(limit: number, error: JobFailure): Promise<JobEntity[]> {
    return this.database.query<JobEntity>(
      `UPDATE jobs SET
         state = CASE WHEN cancel_requested_at IS NULL THEN 'failed' ELSE 'canceled' END,
         error = CASE WHEN cancel_requested_at IS NULL THEN $2::jsonb END,
         lease_token = NULL, lease_until = NULL, finished_at = now()
       WHERE id IN (
         SELECT id FROM jobs WHERE state = 'running' AND lease_until < now() AND attempts >= max_attempts
         ORDER BY lease_until LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING ${this.database.columns(JobEntity)}`,
      [limit, JSON.stringify(error)],
    );
  }
}
