// The database: whether it answers, is migrated, and tells the same time as this machine.

import { Client } from 'pg';
import { MIGRATIONS } from '../migrations.js';
import { connectionTrouble } from '../reach-database.js';
import { broken, ok, warning, type Finding } from './finding.js';

const TIMEOUT_MS = 3_000;
/** Tokens of a process whose clock is further ahead are refused by the others. */
const CLOCK_BROKEN_MS = 30_000;
const CLOCK_WARNING_MS = 2_000;
const UNDEFINED_TABLE = '42P01';

/** Findings about connection, migrations and clock. */
export async function examineDatabase(url: string): Promise<Finding[]> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return [await examineServer(client, url), await examineMigrations(client), await examineClock(client)];
  } catch (error) {
    const detail = `${new URL(url).host} cannot be reached (${connectionTrouble(error)})`;
    return [broken('database', detail, 'check DATABASE_URL, and that PostgreSQL runs and takes connections')];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function examineServer(client: Client, url: string): Promise<Finding> {
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  return ok('database', `PostgreSQL ${rows[0]?.server_version ?? ''} at ${new URL(url).host}`);
}

async function examineMigrations(client: Client): Promise<Finding> {
  const applied = await appliedMigrations(client);
  const pending = MIGRATIONS.map(({ name }) => name).filter((name) => !applied.has(name));
  if (pending.length === 0) return ok('migrations', `all ${MIGRATIONS.length} applied`);
  const detail = `${pending.length} pending: ${pending.join(', ')}`;
  return broken('migrations', detail, 'run `npm run cli -- migrate`');
}

async function appliedMigrations(client: Client): Promise<Set<string>> {
  try {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations');
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE) return new Set();
    throw error;
  }
}

async function examineClock(client: Client): Promise<Finding> {
  const sentAt = Date.now();
  const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  const middle = (sentAt + Date.now()) / 2;
  const apart = Math.round(Math.abs((rows[0]?.now.getTime() ?? 0) - middle));
  const detail = `${apart} ms apart from the database's`;
  const mend = 'let this machine and that of the database take their time from the same source (NTP)';
  if (apart >= CLOCK_BROKEN_MS) return broken('clock', detail, mend);
  return apart >= CLOCK_WARNING_MS ? warning('clock', detail, mend) : ok('clock', detail);
}
