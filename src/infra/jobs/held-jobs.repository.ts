// The SQL of jobs that are held: accepted, and not to run before somebody releases them.

import { Injectable } from '@nestjs/common';
import type { JobName } from '../../contracts/jobs.js';
import { Database } from '../database/database.js';

/** The `run_at` of a held job: no time that ever comes. */
export const HELD_UNTIL = new Date('9999-01-01T00:00:00Z');

export interface HeldOwner {
  readonly ownerId: string;
}

@Injectable()
export class HeldJobsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Releases the oldest held jobs of one owner, as long as no more than `most` of that name are released and
   * have not ended.
   * @returns how many were released
   */
  async release(name: JobName, ownerId: string, most: number): Promise<number> {
    // A statement of its own: the next one has to see what those did who had the lock before.
    await this.database.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `${name}:${ownerId}`,
    ]);
    const rows = await this.database.query(
      `UPDATE jobs SET run_at = now() WHERE id IN (
         SELECT id FROM jobs
         WHERE owner_id = $2 AND name = $1 AND state = 'queued' AND run_at >= $3
         ORDER BY id
         LIMIT GREATEST(0, $4::int - (
           SELECT count(*) FROM jobs
           WHERE owner_id = $2 AND name = $1 AND state IN ('queued', 'enqueued', 'running') AND run_at < $3))
         -- One that is being canceled at this moment has the lock, and its cancel releases the next one.
         FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [name, ownerId, HELD_UNTIL, most],
    );
    return rows.length;
  }

  /** Who has held jobs of this name. */
  owners(name: JobName): Promise<HeldOwner[]> {
    return this.database.query<HeldOwner>(
      `SELECT DISTINCT owner_id AS "ownerId" FROM jobs
       WHERE state = 'queued' AND run_at >= $2 AND name = $1 AND owner_id IS NOT NULL`,
      [name, HELD_UNTIL],
    );
  }
}
