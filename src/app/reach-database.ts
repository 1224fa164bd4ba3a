// Asks once whether the database is there, before a whole pool insists on it.

import { Client } from 'pg';
import { CommandFailure } from './commands/cli-command.js';

const CONNECT_TIMEOUT_MS = 3_000;

/** SQLSTATE of refusals that are about the URL. */
const REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'it refuses the password',
  '28000': 'it refuses the user',
  '3D000': 'it has no such database',
};

/** @throws CommandFailure saying in one line what to check */
export async function reachDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const { host } = new URL(url);
    throw new CommandFailure(
      `The database at ${host} cannot be reached (${connectionTrouble(error)}). ` +
        'Check DATABASE_URL, and that PostgreSQL runs and takes connections.',
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Why a connection failed, in a few words. */
export function connectionTrouble(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  return REFUSALS[code] ?? (code || message || 'no answer');
}
