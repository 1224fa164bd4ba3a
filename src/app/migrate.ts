// Brings the database up to date. Any number of processes may do it at once: one migrates, the others wait
// on an advisory lock and find nothing left to do.

import { SESSION_LIMITS } from '../infra/database/connection-options.js';
import { migrationDataSource } from './data-source.js';
import { MIGRATIONS } from './migrations.js';

/** Any number that nothing else in this database locks; kept for good. */
const MIGRATION_LOCK = 7_364_201_155;

/**
 * Runs the pending migrations, each in a transaction of its own.
 * @param url of a direct connection: a session lock does not survive a transaction-pooling proxy
 * @param options.migrations those to bring it to, the oldest first
 * @param options.pooled the others come through such a proxy, as the same user: its sessions get their limits from here
 * @returns the names of those that ran
 */
export async function migrate(
  url: string,
  { migrations = MIGRATIONS, pooled = false } = {},
): Promise<string[]> {
  const dataSource = await migrationDataSource(url, migrations).initialize();
  const lockHolder = dataSource.createQueryRunner();
  try {
    await lockHolder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await dataSource.runMigrations();
    if (pooled) await limitSessions((sql) => lockHolder.query(sql));
    return applied.map((migration) => migration.name);
  } finally {
    // Ending the connection gives the lock back, whatever happened.
    await lockHolder.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lockHolder.release();
    await dataSource.destroy();
  }
}

/**
 * Gives SESSION_LIMITS to all later sessions of this user in this database, however they come about.
 * @param run sends SQL over a direct connection
 */
export async function limitSessions(run: (sql: string) => Promise<unknown>): Promise<void> {
  for (const [name, milliseconds] of Object.entries(SESSION_LIMITS)) {
    // ALTER takes names, not parameters.
    await run(
      `DO $$ BEGIN EXECUTE format('ALTER ROLE %I IN DATABASE %I SET ${name} = ${milliseconds}',
         current_user, current_database()); END $$`,
    );
  }
}
