// All SQL about access changes.

import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { AccessChange, RecordedChange } from './access-change.js';

export interface ChangesPage {
  readonly changes: RecordedChange[];
  /** What to read from next time: no transaction below it is still open. */
  readonly horizon: number;
  /** The database's clock, in milliseconds since 1970. */
  readonly now: number;
}

@Injectable()
export class AccessChangesRepository {
  constructor(private readonly database: Database) {}

  /** Writes changes in the open transaction. */
  async insert(changes: readonly AccessChange[]): Promise<RecordedChange[]> {
    const rows = await this.database.query<{ id: number; at: Date }>(
      `INSERT INTO access_changes (transaction_id, kind, subject_id, user_id, access)
       SELECT pg_current_xact_id()::text::bigint, kind, subject_id, user_id, access
       FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::jsonb[])
         AS change (kind, subject_id, user_id, access)
       RETURNING id, created_at AS at`,
      [
        changes.map((change) => change.kind),
        changes.map((change) => change.subjectId),
        changes.map((change) => change.userId),
        changes.map((change) => (change.kind === 'user_changed' ? JSON.stringify(change.access) : null)),
      ],
    );
    return rows.flatMap(({ id, at }, index) => {
      const change = changes[index];
      return change ? [{ id, at: at.getTime(), change }] : [];
    });
  }

  /**
   * Everything that committed since the read that returned `horizon`, in one statement and so by one
   * snapshot. Ids and times do not tell that, because transactions commit in another order than they write;
   * but a transaction this snapshot cannot see is not below its xmin, so the next read starts there. Some
   * changes come twice.
   * @param horizon 0 for everything
   * @param maxAgeSeconds leaves out older changes
   */
  async readSince(horizon: number, maxAgeSeconds: number): Promise<ChangesPage> {
    const [row] = await this.database.query<{ horizon: number; now: number; changes: RecordedChange[] }>(
      `SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
         (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now,
         COALESCE((
           SELECT json_agg(json_build_object(
             'id', id,
             'at', extract(epoch FROM created_at) * 1000,
             'change', json_build_object(
               'kind', kind, 'subjectId', subject_id, 'userId', user_id, 'access', access)) ORDER BY id)
           FROM access_changes
           WHERE transaction_id >= $1 AND created_at > now() - make_interval(secs => $2)
         ), '[]') AS changes`,
      [horizon, maxAgeSeconds],
    );
    if (!row) throw new Error('the read of access changes gave no row');
    return row;
  }

  /** Deletes changes that no credential is old enough to need; returns how many. */
  async deleteOlderThan(seconds: number): Promise<number> {
    const rows = await this.database.query(
      'DELETE FROM access_changes WHERE created_at < now() - make_interval(secs => $1) RETURNING id',
      [seconds],
    );
    return rows.length;
  }
}
