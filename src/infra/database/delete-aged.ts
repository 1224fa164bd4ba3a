// Forgetting rows by their age, a batch at a time, so that no statement holds many locks for long.

import type { Database } from './database.js';

export interface AgedRows {
  /** With a column `id`; a name from the code, never from a request. */
  readonly table: string;
  /** The time from which on they age; indexed, and null for rows that stay. */
  readonly since: string;
  readonly days: number;
  /** Most rows to remove. */
  readonly batch: number;
}

/** Removes one batch of rows, the oldest first; returns how many. */
export async function deleteAged(database: Database, rows: AgedRows): Promise<number> {
  const { table, since, days, batch } = rows;
  const removed = await database.query(
    `DELETE FROM ${table} WHERE id IN (
       SELECT id FROM ${table} WHERE ${since} < now() - make_interval(days => $1)
       ORDER BY ${since} LIMIT $2
     ) RETURNING id`,
    [days, batch],
  );
  return removed.length;
}
