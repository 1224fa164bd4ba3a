// Fills the tables of an empty installation with the rows of a backup, inside one open transaction.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { escapeIdentifier, type Client } from 'pg';
import { CopyIn } from '../../infra/database/copy-in.js';
import { CommandFailure } from '../commands/cli-command.js';
import { tableFile } from './backup-folder.js';
import type { Manifest, SavedTable } from './manifest.js';

/** What is left of other processes' transactions ends within that time, or the restore gives up. */
const LOCK_TIMEOUT = '60s';

/**
 * Locks everything, makes sure that there is nothing to lose, and empties what migrations and running processes
 * have put there. Until the transaction ends nobody else sees or changes anything.
 * @throws CommandFailure when people have accounts or files here
 */
export async function clearEmptyInstallation(client: Client, { tables }: Manifest): Promise<void> {
  await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
  const names = tables.map(({ name }) => escapeIdentifier(name)).join(', ');
  await client.query(`LOCK TABLE ${names} IN ACCESS EXCLUSIVE MODE`);
  const { rows } = await client.query<{ users: boolean; objects: boolean }>(
    'SELECT EXISTS (SELECT FROM users) AS users, EXISTS (SELECT FROM stored_objects) AS objects',
  );
  if (rows[0]?.users || rows[0]?.objects) {
    throw new CommandFailure(
      'The database is not empty: it has users or files. Nothing was changed. Restore into an empty database.',
    );
  }
  await client.query(`TRUNCATE ${names}`);
}

/** @throws CommandFailure when the server makes another number of rows than were saved */
export async function loadTables(
  client: Client,
  directory: string,
  manifest: Manifest,
  report: (line: string) => void,
): Promise<void> {
  for (const table of manifest.tables) {
    const rows = await loadTable(client, directory, table);
    if (rows !== table.rows) {
      throw new CommandFailure(`${table.name} got ${rows} rows of ${table.rows}. Nothing was changed.`);
    }
    report(`${table.name}: ${rows} rows`);
  }
  for (const { table, column, value } of manifest.counters) {
    const sql = 'SELECT setval(pg_get_serial_sequence($1, $2)::regclass, $3::bigint)';
    await client.query(sql, [escapeIdentifier(table), column, value]);
  }
  // Numbers of the old server's transactions. Here they would look like ones still to come, and be read for ever.
  await client.query('UPDATE access_changes SET transaction_id = 0');
}

async function loadTable(client: Client, directory: string, { name, columns }: SavedTable): Promise<number> {
  const list = columns.map(escapeIdentifier).join(', ');
  const rows = client.query(new CopyIn(`COPY ${escapeIdentifier(name)} (${list}) FROM STDIN`));
  await pipeline(createReadStream(join(directory, tableFile(name))), createGunzip(), rows);
  return rows.rows;
}
