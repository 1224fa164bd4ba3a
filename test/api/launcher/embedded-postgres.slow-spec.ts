import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startPostgres, type RunningPostgres } from '../../../src/local/embedded-postgres.js';

describe('embedded PostgreSQL', () => {
  const directory = mkdtempSync(join(tmpdir(), 'milepost-postgres-'));
  let running: RunningPostgres;

  beforeAll(async () => (running = await start()));
  afterAll(async () => {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  function start(): Promise<RunningPostgres> {
    return startPostgres({
      dataDir: join(directory, 'data'),
      logFile: join(directory, 'log'),
      password: "a 'pass/word",
      database: 'milepost',
      durable: false,
    });
  }

  async function query(sql: string): Promise<unknown> {
    const client = new Client({ connectionString: running.url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows[0];
    } finally {
      await client.end();
    }
  }

  it('knows the letters of every script', async () => {
    expect(await query("SELECT lower('ÄÖ ΣΊ') AS lower, 'é' ~ '^[[:alpha:]]$' AS letter")).toEqual({
      lower: 'äö σί',
      letter: true,
    });
  });

  it('refuses a wrong password', async () => {
    const client = new Client({ connectionString: running.url.replace('a%20', 'b%20') });
    await expect(client.connect()).rejects.toThrow('password authentication failed');
  });

  it('starts again on the same data after it was killed', async () => {
    await query('CREATE TABLE kept AS SELECT 1 AS value');
    await query('CHECKPOINT');
    process.kill(running.pid, 'SIGKILL');
    expect(await running.exited).toBe('ended by SIGKILL');
    running = await start();
    expect(await query('SELECT value FROM kept')).toEqual({ value: 1 });
  });

  it('replaces one that still runs, as a killed launcher leaves it for a moment', async () => {
    const earlier = running;
    running = await start();
    expect(await earlier.exited).toBe('ended with code 0');
    expect(await query('SELECT value FROM kept')).toEqual({ value: 1 });
  });

  it('is not kept from starting by the number of another program', async () => {
    await running.stop();
    writeFileSync(join(directory, 'data', 'postmaster.pid'), `${process.pid}\n`);
    running = await start();
    expect(await query('SELECT value FROM kept')).toEqual({ value: 1 });
  });

  it('says at once, with the end of the log, why it does not start', async () => {
    const taken = startPostgres({
      dataDir: join(directory, 'other'),
      logFile: join(directory, 'other-log'),
      password: 'x',
      database: 'milepost',
      durable: false,
      port: running.port,
    });
    await expect(taken).rejects.toThrow('could not create any TCP/IP sockets');
  });
});
