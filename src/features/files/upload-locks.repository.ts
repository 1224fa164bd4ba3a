// The lease that makes one request at a time the writer of an upload, in whatever process it runs. All times
// are PostgreSQL's.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';

@Injectable()
export class UploadLocksRepository {
  constructor(private readonly database: Database) {}

  /** Takes the lease if nobody holds it; false when somebody does, or the upload is gone. */
  async take(uploadId: string, token: string, leaseMs: number): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE uploads
       SET lock_token = $2, locked_until = now() + $3 * interval '1 millisecond', release_requested = false
       WHERE id = $1 AND (locked_until IS NULL OR locked_until < now())
       RETURNING id`,
      [uploadId, token, leaseMs],
    );
    return rows.length > 0;
  }

  /** Asks the holder of the lease to end soon; false when the upload is gone. */
  async requestRelease(uploadId: string): Promise<boolean> {
    const rows = await this.database.query(
      'UPDATE uploads SET release_requested = true WHERE id = $1 RETURNING id',
      [uploadId],
    );
    return rows.length > 0;
  }

  /**
   * Prolongs the lease.
   * @returns whether its release has been asked for; undefined when the lease is lost
   */
  async renew(uploadId: string, token: string, leaseMs: number): Promise<boolean | undefined> {
    const [row] = await this.database.query<{ releaseRequested: boolean }>(
      `UPDATE uploads SET locked_until = now() + $3 * interval '1 millisecond'
       WHERE id = $1 AND lock_token = $2 AND locked_until > now()
       RETURNING release_requested AS "releaseRequested"`,
      [uploadId, token, leaseMs],
    );
    return row?.releaseRequested;
  }

  async release(uploadId: string, token: string): Promise<void> {
    await this.database.query(
      'UPDATE uploads SET lock_token = NULL, locked_until = NULL WHERE id = $1 AND lock_token = $2',
      [uploadId, token],
    );
  }
}
