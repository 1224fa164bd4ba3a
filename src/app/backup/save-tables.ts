// The rows of all tables as of one moment, and the list of the objects that they need.

import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { escapeIdentifier, type Client } from 'pg';
import { CopyOut } from '../../infra/database/copy-out.js';
import { counters, tablesInFillingOrder, type CatalogTable } from '../../infra/database/table-catalog.js';
import { tableFile } from './backup-folder.js';
import { fileChecksum, type ChecksumList } from './checksums.js';
import { inLongTransaction } from './long-session.js';
import type { Manifest, SavedTable } from './manifest.js';
import { tableNames } from './table-names.js';

/** Quick, and still a fifth of the size. */
const COMPRESSION = { level: 3 };
const STORED_OBJECTS = 'stored_objects';

export type SavedRows = Pick<Manifest, 'createdAt' | 'migrations' | 'tables' | 'counters'>;

/**
 * Writes each table to its file, all of one snapshot, while others go on writing.
 * @param neededObjects path of the list to write of key, size and, where it is known, SHA-256
 */
export function saveTables(
  url: string,
  directory: string,
  neededObjects: string,
  checksums: ChecksumList,
  report: (line: string) => void,
): Promise<SavedRows> {
  return inLongTransaction(url, 'ISOLATION LEVEL REPEATABLE READ READ ONLY', async (client) => {
    const { rows: migrations } = await client.query<{ name: string }>(
      'SELECT name FROM migrations ORDER BY timestamp',
    );
    const moment = await client.query<{ at: Date }>('SELECT now() AS at');
    const tables = await tablesInFillingOrder(client, tableNames());
    const saved: SavedTable[] = [];
    for (const table of tables) {
      const rows = await saveTable(client, table, directory);
      await checksums.add({
        sha256: await fileChecksum(join(directory, tableFile(table.name))),
        path: tableFile(table.name),
      });
      report(`${table.name}: ${rows} rows`);
      saved.push({ name: table.name, columns: [...table.columns], rows });
    }
    await listNeededObjects(client, tables, neededObjects);
    return {
      createdAt: moment.rows[0]?.at.toISOString() ?? '',
      migrations: migrations.map(({ name }) => name),
      tables: saved,
      counters: await counters(client, tableNames()),
    };
  });
}

async function saveTable(
  client: Client,
  { name, columns }: CatalogTable,
  directory: string,
): Promise<number> {
  const list = columns.map(escapeIdentifier).join(', ');
  const rows = client.query(new CopyOut(`COPY ${escapeIdentifier(name)} (${list}) TO STDOUT`));
  const file = createWriteStream(join(directory, tableFile(name)), { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(rows, createGzip(COMPRESSION), file);
  return rows.rows;
}

/** Hashes stand in the rows that refer to an object, in whichever table that is. */
async function listNeededObjects(
  client: Client,
  tables: readonly CatalogTable[],
  path: string,
): Promise<void> {
  const hashed = tables.filter(
    ({ columns }) => columns.includes('storage_key') && columns.includes('sha256'),
  );
  const hashes = hashed.map(({ name }) => `SELECT storage_key, sha256 FROM ${escapeIdentifier(name)}`);
  const sql = `
    SELECT key, size, COALESCE(encode(sha256, 'hex'), '') FROM ${STORED_OBJECTS}
    LEFT JOIN (${hashes.join(' UNION ALL ')}) AS hashes ON storage_key = key ORDER BY key`;
  const rows = client.query(new CopyOut(`COPY (${sql}) TO STDOUT`));
  await pipeline(rows, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
}
