// A backup of the database and of all stored objects, made while everything runs.

import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { openObjectStore } from '../../infra/storage/open-object-store.js';
import { makeBackupFolder } from './backup-folder.js';
import { ChecksumList } from './checksums.js';
import { copying } from './copying-trouble.js';
import { FORMAT, MANIFEST_FILE, type Manifest } from './manifest.js';
import type { BackupSettings } from './backup-settings.js';
import { saveObjects } from './save-objects.js';
import { saveTables } from './save-tables.js';

/**
 * Writes a backup into a new or empty folder. Without its last file, SHA256SUMS, it is none.
 * @param report is called with each line of progress
 * @throws CommandFailure when the folder will not do
 */
export async function createBackup(
  { databaseUrl, storage }: BackupSettings,
  directory: string,
  report: (line: string) => void,
): Promise<Manifest> {
  await makeBackupFolder(directory);
  const checksums = new ChecksumList(directory);
  const neededObjects = join(directory, 'objects.unfinished');
  const rows = await copying(saveTables(databaseUrl, directory, neededObjects, checksums, report));
  const source = {
    store: await openObjectStore(storage),
    stillNeeded: (keys: readonly string[]) => stillNeeded(databaseUrl, keys),
  };
  const objects = await copying(saveObjects(source, neededObjects, directory, checksums, report));
  await rm(neededObjects);
  const manifest: Manifest = { format: FORMAT, ...rows, objects };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeFile(join(directory, MANIFEST_FILE), text, { flag: 'wx', mode: 0o600, flush: true });
  await checksums.add({ sha256: createHash('sha256').update(text).digest('hex'), path: MANIFEST_FILE });
  await checksums.finish();
  return manifest;
}

async function stillNeeded(databaseUrl: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const sql = 'SELECT key FROM stored_objects WHERE key = ANY($1::text[])';
    const { rows } = await client.query<{ key: string }>(sql, [keys]);
    return new Set(rows.map(({ key }) => key));
  } finally {
    await client.end();
  }
}
