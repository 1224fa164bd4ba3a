// The SQL of the jobs table as callers see it: accept, look up, cancel, retry, forget. What workers do
// to a row is in lease.repository.ts and relay.repository.ts.

import { Injectable } from '@nestjs/common';
import type { JobName, JobState } from '../../contracts/jobs.js';
import { Database } from '../database/database.js';
import { deleteAged } from '../database/delete-aged.js';
import { ErasesUser } from '../erasure/erases-user.decorator.js';
import type { ErasedUser } from '../erasure/erased-user.js';
import { JobEntity } from './job.entity.js';

export interface NewJob {
  readonly id: string;
  readonly name: JobName;
  readonly payload: unknown;
  readonly ownerId: string | undefined;
  readonly dedupeKey: string | undefined;
  readonly maxAttempts: number;
  readonly runAt: Date | undefined;
  readonly requestId: string | undefined;
}

export interface JobFilter {
  /** Undefined: everybody's. */
  readonly ownerId: string | undefined;
  readonly state?: JobState | undefined;
  readonly name?: JobName | undefined;
  /** Only jobs older than the one with this id. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

// Constants, not parameters: only so can PostgreSQL use the partial indexes.
const STATE_CONDITIONS: Readonly<Record<JobState, string>> = {
  queued: `state IN ('queued', 'enqueued')`,
  running: `state = 'running'`,
  succeeded: `state = 'succeeded'`,
  failed: `state = 'failed'`,
  canceled: `state = 'canceled'`,
};

const RESULT_DAYS = 7;
const PURGE_BATCH = 1_000;

@Injectable()
export class JobsRepository {
  constructor(private readonly database: Database) {}

  /** Writes the row; undefined when its dedupe key is taken. */
  async insert(job: NewJob): Promise<string | undefined> {
    const rows = await this.database.query<{ id: string }>(
      `INSERT INTO jobs (id, name, payload, owner_id, dedupe_key, max_attempts, run_at, request_id)
       VALUES ($1, $2, $3::jsonb, $4, $5, $6, COALESCE($7, now()), $8)
       ON CONFLICT (dedupe_key) DO NOTHING RETURNING id`,
      [
        job.id,
        job.name,
        JSON.stringify(job.payload),
        job.ownerId ?? null,
        job.dedupeKey ?? null,
        job.maxAttempts,
        job.runAt ?? null,
        job.requestId ?? null,
      ],
    );
    return rows[0]?.id;
  }

  async idByDedupeKey(dedupeKey: string): Promise<string | undefined> {
    const rows = await this.database.query<{ id: string }>('SELECT id FROM jobs WHERE dedupe_key = $1', [
      dedupeKey,
    ]);
    return rows[0]?.id;
  }

  /** @param ownerId undefined: whoever owns it */
  async find(id: string, ownerId: string | undefined): Promise<JobEntity | undefined> {
    const rows = await this.database.query<JobEntity>(
      `SELECT ${this.columns} FROM jobs WHERE id = $1 AND ($2::uuid IS NULL OR owner_id = $2)`,
      [id, ownerId ?? null],
    );
    return rows[0];
  }

  /** Newest first: ids are UUIDv7, so their order is the order of creation. */
  async list(filter: JobFilter): Promise<JobEntity[]> {
    const parameters: unknown[] = [];
    const conditions: string[] = [];
    const where = (column: string, value: unknown): void => {
      if (value !== undefined) conditions.push(`${column} $${parameters.push(value)}`);
    };
    where('owner_id =', filter.ownerId);
    where('name =', filter.name);
    where('id <', filter.beforeId);
    if (filter.state) conditions.push(STATE_CONDITIONS[filter.state]);
    const condition = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return this.database.query<JobEntity>(
      `SELECT ${this.columns} FROM jobs ${condition} ORDER BY id DESC LIMIT $${parameters.push(filter.limit)}`,
      parameters,
    );
  }

  /** Ends a waiting job, or asks for the end of a running one. Undefined when it has finished, or is not there. */
  async cancel(id: string): Promise<JobEntity | undefined> {
    const rows = await this.database.query<JobEntity>(
      `UPDATE jobs SET
         cancel_requested_at = COALESCE(cancel_requested_at, now()),
         finished_at = CASE WHEN state = 'running' THEN NULL ELSE now() END,
         state = CASE WHEN state = 'running' THEN 'running' ELSE 'canceled' END
       WHERE id = $1 AND state IN ('queued', 'enqueued', 'running')
       RETURNING ${this.columns}`,
      [id],
    );
    return rows[0];
  }

  /**
   * Starts a failed or canceled job over. Undefined when it is in another state, or not there.
   * @param runAt undefined: now
   */
  async retry(id: string, runAt: Date | undefined): Promise<JobEntity | undefined> {
    const rows = await this.database.query<JobEntity>(
      `UPDATE jobs SET state = 'queued', attempts = 0, run_at = COALESCE($2, now()), enqueued_at = NULL, progress = 0,
         result = NULL, error = NULL, cancel_requested_at = NULL, started_at = NULL, finished_at = NULL
       WHERE id = $1 AND state IN ('failed', 'canceled')
       RETURNING ${this.columns}`,
      [id, runAt ?? null],
    );
    return rows[0];
  }

  /** Removes one batch of jobs whose results need not be kept any more; returns how many. */
  purgeBatch(): Promise<number> {
    const aged = { table: 'jobs', since: 'finished_at', days: RESULT_DAYS, batch: PURGE_BATCH };
    return deleteAged(this.database, aged);
  }

  /** Removes the jobs of a user, running ones included: their workers find the lease gone. */
  @ErasesUser('jobs')
  async erase(user: ErasedUser): Promise<number> {
    // Requests to reset a password have no owner: whose the address is, nobody has asked when they come in.
    const rows = await this.database.query(
      `DELETE FROM jobs WHERE owner_id = $1
         OR (owner_id IS NULL AND name = 'account.reset_request' AND lower(payload ->> 'email') = lower($2))
       RETURNING id`,
      [user.id, user.email],
    );
    return rows.length;
  }

  private get columns(): string {
    return this.database.columns(JobEntity);
  }
}
