// A fresh, migrated database for each test file: copied from a template that is migrated once per run.

import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { limitSessions, migrate } from '../../src/app/migrate.js';
import { MIGRATIONS } from '../../src/app/migrations.js';

const TEMPLATE_LOCK = 823_471;

/** URL of `name` on the server of `serverUrl`. */
function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

async function withServer<Result>(
  work: (client: Client) => Promise<Result>,
  url = serverUrl(),
): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** URL of the PostgreSQL server that the run's global set-up started. */
export function serverUrl(): string {
  const url = process.env['TEST_DATABASE_URL'];
  if (!url) throw new Error('TEST_DATABASE_URL is not set: run the tests through the api project');
  return url;
}

/** Creates an empty database, without tables, and returns its URL. */
export async function emptyDatabase(): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withServer((client) => client.query(`CREATE DATABASE ${name}`));
  return databaseUrl(serverUrl(), name);
}

/** Creates a migrated database and returns its URL. */
export async function migratedDatabase(): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withServer(async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const template = await ensureTemplate(client);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  const url = databaseUrl(serverUrl(), name);
  // A template does not hand down the settings of its sessions.
  if (poolerPort()) await withServer((client) => limitSessions((sql) => client.query(sql)), url);
  return url;
}

/** Settings of a process on a database of the tests; they lead through the pooler when the run has one. */
export function databaseSettings(url: string): Record<string, string> {
  const port = poolerPort();
  if (!port || new URL(url).host !== new URL(serverUrl()).host) return { DATABASE_URL: url };
  const pooled = new URL(url);
  pooled.port = port;
  return { DATABASE_URL: pooled.toString(), DATABASE_DIRECT_URL: url };
}

function poolerPort(): string | undefined {
  return process.env['TEST_POOLER_PORT'];
}

async function ensureTemplate(client: Client): Promise<string> {
  const template = `template_${MIGRATIONS.length}`;
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
  if (rowCount === 0) {
    const building = `${template}_building`;
    await client.query(`DROP DATABASE IF EXISTS ${building}`);
    await client.query(`CREATE DATABASE ${building}`);
    await migrate(databaseUrl(serverUrl(), building));
    await client.query(`ALTER DATABASE ${building} RENAME TO ${template}`);
  }
  return template;
}

/** Drops a database, cutting whoever is still connected. */
export async function dropDatabase(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await withServer((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}
