// Installations to back up and to restore into, and what two of them have in common.

import { createHash } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { tableNames } from '../../../src/app/backup/table-names.js';
import type { TestApp, TestServices } from '../../support/app.js';
import type { SignedInUser } from '../../support/builders.js';
import { emptyDatabase } from '../../support/test-database.js';
import { freshRedis } from '../../support/test-redis.js';
import { cliVariables, runCli } from '../cli/run-cli.js';
import { FILES, type ShownFile } from '../files/file-builders.js';

/** A database without tables, an empty Redis and an empty store. */
export async function emptyMachine(): Promise<TestServices & { storageDir: string }> {
  return {
    databaseUrl: await emptyDatabase(),
    redisUrl: await freshRedis(),
    storageDir: await temporaryFolder(),
  };
}

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'milepost-backup-'));
}

export function backup(services: TestServices, folder: string) {
  return runCli(['backup', folder, '--json'], cliVariables(services));
}

export function restore(services: TestServices, folder: string) {
  return runCli(['restore', folder], cliVariables(services));
}

/** For each table the number of its rows and a hash over all of them. */
export async function tableDigests(databaseUrl: string): Promise<Record<string, string>> {
  return withClient(databaseUrl, async (client) => {
    const digests: Record<string, string> = {};
    for (const table of [...tableNames(), 'migrations']) {
      // A number of one server means nothing on another.
      const row = `(to_jsonb("${table}") - 'transaction_id')::text`;
      const { rows } = await client.query<{ digest: string }>(
        `SELECT count(*) || ' ' || COALESCE(md5(string_agg(${row}, ' ' ORDER BY ${row})), '-') AS digest FROM "${table}"`,
      );
      digests[table] = rows[0]?.digest ?? '';
    }
    return digests;
  });
}

/** Names of the tables there are. */
export async function tablesOf(databaseUrl: string): Promise<string[]> {
  const sql = `SELECT relname::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`;
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(sql);
    return rows.map(({ name }) => name);
  });
}

export async function withClient<Result>(
  databaseUrl: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** SHA-256 of what a client downloads. */
export async function downloadedHash(app: TestApp, user: Pick<SignedInUser, 'headers'>, file: ShownFile) {
  const answer = await fetch(`${app.url}${FILES}/${file.id}/content`, { headers: user.headers });
  if (!answer.ok) return `status ${answer.status}`;
  return createHash('sha256')
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest('hex');
}
