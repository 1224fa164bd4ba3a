// Brings the database up to date. Any number of processes may do it at once: one migrates, the others wait
// on an advisory lock and find nothing left to do.

import { migrationDataSource } from './data-source.js';

/** Any number that nothing else in this database locks; kept for good. */
const MIGRATION_LOCK = 7_364_201_155;

/**
 * Runs the pending migrations, each in a transaction of its own.
 * @param url of a direct connection: a session lock does not survive a transaction-pooling proxy
 * @returns the names of those that ran
 */
export async function migrate(url: string): Promise<string[]> {
  const dataSource = await migrationDataSource(url).initialize();
  const lockHolder = dataSource.createQueryRunner();
  try {
    await lockHolder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await dataSource.runMigrations();
    return applied.map((migration) => migration.name);
  } finally {
    // Ending the connection gives the lock back, whatever happened.
    await lockHolder.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lockHolder.release();
    await dataSource.destroy();
  }
}
