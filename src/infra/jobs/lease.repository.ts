// The SQL of running a job. Every write after the claim is fenced: it counts only while the row is running
// under the caller's token. All times are PostgreSQL's, so a worker's wrong clock does no harm.

import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { JobEntity, type JobFailure } from './job.entity.js';

export interface Lease {
  readonly id: string;
  readonly token: string;
}

export interface LeaseStatus {
  readonly id: string;
  readonly cancelRequested: boolean;
}

@Injectable()
export class LeaseRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes the job for `leaseMs` and counts the attempt; undefined when it is not to be had. Asking again with
   * the same token gives the same answer, because a lost answer does not tell whether it was taken.
   */
  async claim({ id, token }: Lease, leaseMs: number): Promise<JobEntity | undefined> {
    const rows = await this.database.query<JobEntity>(
      `UPDATE jobs SET state = 'running', lease_token = $2,
         lease_until = now() + make_interval(secs => $3::float8 / 1000),
         attempts = CASE WHEN lease_token = $2 THEN attempts ELSE attempts + 1 END,
         started_at = COALESCE(started_at, now())
       WHERE id = $1 AND (
         (state IN ('queued', 'enqueued') AND run_at <= now())
         OR (state = 'running' AND (lease_token = $2 OR (lease_until < now() AND attempts < max_attempts))))
       RETURNING ${this.columns}`,
      [id, token, leaseMs],
    );
    return rows[0];
  }

  async exists(id: string): Promise<boolean> {
    return (await this.database.query('SELECT 1 FROM jobs WHERE id = $1', [id])).length > 0;
  }

  /** Prolongs the leases that are still held, and says which those are. */
  async renew(leases: readonly Lease[], leaseMs: number): Promise<LeaseStatus[]> {
    return this.database.query<LeaseStatus>(
      `UPDATE jobs SET lease_until = now() + make_interval(secs => $3::float8 / 1000)
       FROM unnest($1::uuid[], $2::uuid[]) AS held (id, token)
       WHERE jobs.id = held.id AND lease_token = held.token AND state = 'running'
       RETURNING jobs.id, cancel_requested_at IS NOT NULL AS "cancelRequested"`,
      [leases.map(({ id }) => id), leases.map(({ token }) => token), leaseMs],
    );
  }

  /** Whether the lease is still held; if so, it stays so until the open transaction ends. */
  async lock({ id, token }: Lease): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM jobs WHERE id = $1 AND lease_token = $2 AND state = 'running' FOR NO KEY UPDATE`,
      [id, token],
    );
    return rows.length > 0;
  }

  /** Which of the leases are still held. */
  async check(leases: readonly Lease[]): Promise<LeaseStatus[]> {
    return this.database.query<LeaseStatus>(
      `SELECT jobs.id, cancel_requested_at IS NOT NULL AS "cancelRequested"
       FROM jobs JOIN unnest($1::uuid[], $2::uuid[]) AS held (id, token) ON jobs.id = held.id
       WHERE lease_token = held.token AND state = 'running'`,
      [leases.map(({ id }) => id), leases.map(({ token }) => token)],
    );
  }

  /** @returns the job as it is now; undefined when the lease was lost */
  async writeProgress({ id, token }: Lease, percent: number): Promise<JobEntity | undefined> {
    const rows = await this.database.query<JobEntity>(
      `UPDATE jobs SET progress = $3 WHERE id = $1 AND lease_token = $2 AND state = 'running'
       RETURNING ${this.columns}`,
      [id, token, percent],
    );
    return rows[0];
  }

  /**
   * Ends the job. A cancel that was accepted before wins over any end: the row returned is then canceled.
   * @returns undefined when the lease was lost
   */
  async finish(
    { id, token }: Lease,
    end:
      | { state: 'succeeded'; result: unknown }
      | { state: 'failed'; error: JobFailure }
      | { state: 'canceled' },
  ): Promise<JobEntity | undefined> {
    const rows = await this.database.query<JobEntity>(
      `UPDATE jobs SET
         state = CASE WHEN cancel_requested_at IS NULL THEN $3 ELSE 'canceled' END,
         result = CASE WHEN cancel_requested_at IS NULL THEN $4::jsonb END,
         error = CASE WHEN cancel_requested_at IS NULL THEN $5::jsonb END,
         progress = CASE WHEN cancel_requested_at IS NULL AND $3 = 'succeeded' THEN 100 ELSE progress END,
         lease_token = NULL, lease_until = NULL, finished_at = now()
       WHERE id = $1 AND lease_token = $2 AND state = 'running'
       RETURNING ${this.columns}`,
      [
        id,
        token,
        end.state,
        end.state === 'succeeded' ? JSON.stringify(end.result ?? null) : null,
        end.state === 'failed' ? JSON.stringify(end.error) : null,
      ],
    );
    return rows[0];
  }

  /** Puts the job back for another attempt in `delayMs`; false when the lease was lost or a cancel came. */
  async postpone({ id, token }: Lease, delayMs: number, error: JobFailure): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE jobs SET state = 'queued', run_at = now() + make_interval(secs => $3::float8 / 1000),
         error = $4::jsonb, enqueued_at = NULL, lease_token = NULL, lease_until = NULL
       WHERE id = $1 AND lease_token = $2 AND state = 'running' AND cancel_requested_at IS NULL
       RETURNING id`,
      [id, token, delayMs, JSON.stringify(error)],
    );
    return rows.length > 0;
  }

  /** Puts the job back as if this attempt had not been. */
  async handBack({ id, token }: Lease): Promise<void> {
    await this.database.query(
      `UPDATE jobs SET state = 'queued', run_at = now(), attempts = attempts - 1, enqueued_at = NULL,
         lease_token = NULL, lease_until = NULL
       WHERE id = $1 AND lease_token = $2 AND state = 'running'`,
      [id, token],
    );
  }

  /** Puts a job back that Redis delivered but nobody claimed. */
  async refuse(id: string): Promise<void> {
    await this.database.query(`UPDATE jobs SET state = 'queued' WHERE id = $1 AND state = 'enqueued'`, [id]);
  }

  private get columns(): string {
    return this.database.columns(JobEntity);
  }
}
