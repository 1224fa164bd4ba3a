// A connection of its own for work that may take hours, with one transaction in which nothing is cut short.

import { Client } from 'pg';

/** SET LOCAL and not settings of the connection: a pooling proxy keeps a transaction together, not more. */
const PATIENCE = ['statement_timeout', 'idle_in_transaction_session_timeout'];

/**
 * Runs `work` in one transaction of the given mode and commits it; rolls back when it throws.
 * @param mode such as `READ WRITE`
 */
export async function inLongTransaction<Result>(
  url: string,
  mode: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: url, application_name: 'milepost-backup', keepAlive: true });
  // A broken connection fails the statement that runs; this one would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`BEGIN TRANSACTION ${mode}`);
    for (const name of PATIENCE) await client.query(`SET LOCAL ${name} = 0`);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } finally {
    // Closing rolls back what has not been committed.
    await client.end().catch(() => undefined);
  }
}
