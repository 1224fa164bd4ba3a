// Brings a backup into an empty installation: all of it, or nothing.

import { openObjectStore } from '../../infra/storage/open-object-store.js';
import { CommandFailure } from '../commands/cli-command.js';
import { migrate } from '../migrate.js';
import { MIGRATIONS } from '../migrations.js';
import type { BackupSettings } from './backup-settings.js';
import { copying } from './copying-trouble.js';
import { loadObjects } from './load-objects.js';
import { clearEmptyInstallation, loadTables } from './load-tables.js';
import { inLongTransaction } from './long-session.js';
import type { Manifest } from './manifest.js';
import { verifyBackup } from './verify-backup.js';

/**
 * Verifies the backup, gives the database the schema that it had, fills it, and brings it up to date. The rows
 * show when all bytes are in the store: in one commit.
 * @param report is called with each line of progress
 * @throws CommandFailure when the backup is damaged or too new, or the database is not empty
 */
export async function restoreBackup(
  { databaseUrl, storage }: BackupSettings,
  directory: string,
  report: (line: string) => void,
): Promise<Manifest> {
  const manifest = await verifyBackup(directory);
  report(`the backup of ${manifest.createdAt} is whole`);
  const store = await openObjectStore(storage);
  await prepareSchema(databaseUrl, manifest);
  await inLongTransaction(databaseUrl, 'READ WRITE', async (client) => {
    await clearEmptyInstallation(client, manifest);
    await loadTables(client, directory, manifest, report);
    // Rows that are locked, so that no worker sweeps away bytes whose rows it does not see yet.
    await copying(loadObjects(directory, store, report));
  });
  for (const name of await migrate(databaseUrl)) report(`applied ${name}`);
  await analyze(databaseUrl);
  return manifest;
}

/** The schema of the backup, no older and no newer: migrations may also have changed rows. */
async function prepareSchema(databaseUrl: string, { migrations }: Manifest): Promise<void> {
  const known = MIGRATIONS.filter(({ name }) => migrations.includes(name));
  if (known.length !== migrations.length) {
    throw new CommandFailure('The backup is of a newer version of Milepost. Restore it with that one.');
  }
  const applied = await appliedMigrations(databaseUrl);
  if (applied.some((name) => !migrations.includes(name))) {
    throw new CommandFailure(
      'The backup is of an older version than the tables of the database. Restore it into a database without tables.',
    );
  }
  await migrate(databaseUrl, { migrations: known });
}

async function appliedMigrations(databaseUrl: string): Promise<string[]> {
  return inLongTransaction(databaseUrl, 'READ ONLY', async (client) => {
    const { rows: tables } = await client.query<{ found: boolean }>(
      `SELECT to_regclass('migrations') IS NOT NULL AS found`,
    );
    if (!tables[0]?.found) return [];
    const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations');
    return rows.map(({ name }) => name);
  });
}

/** Without it the planner would know nothing of the rows until autovacuum comes round. */
async function analyze(databaseUrl: string): Promise<void> {
  await inLongTransaction(databaseUrl, 'READ WRITE', (client) => client.query('ANALYZE'));
}
