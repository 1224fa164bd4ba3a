// One PostgreSQL and one Valkey for all test files of a run, in a temporary directory. They end with Jest, also
// when Jest is killed. MILEPOST_TEST_DATABASE_URL and MILEPOST_TEST_REDIS_URL name servers to use instead.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type * as EmbeddedPostgres from '../../../src/local/embedded-postgres.js';
import type * as EmbeddedValkey from '../../../src/local/embedded-valkey.js';
import type { RunningProcess } from '../../../src/local/running-process.js';

declare global {
  /** Set while the services of a test run exist; the teardown, a module of its own, finds them here. */
  var milepostTestServices: { stop(): Promise<void> } | undefined;
}

/** Logical databases of the test Valkey: a test file can take one for itself. */
const DATABASES = 128;

export default async function globalSetup(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'milepost-test-'));
  const processes: RunningProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map((running) => running.stop()));
    rmSync(directory, { recursive: true, force: true });
  };
  globalThis.milepostTestServices = { stop };
  const [database, redis] = await Promise.allSettled([
    process.env.MILEPOST_TEST_DATABASE_URL ?? startPostgres(directory, processes),
    process.env.MILEPOST_TEST_REDIS_URL ?? startValkey(directory, processes),
  ]);
  if (database.status === 'rejected' || redis.status === 'rejected') {
    await stop();
    throw database.status === 'rejected' ? database.reason : (redis as PromiseRejectedResult).reason;
  }
  process.env.TEST_DATABASE_URL = database.value;
  process.env.TEST_REDIS_URL = redis.value;
}

async function startPostgres(directory: string, processes: RunningProcess[]): Promise<string> {
  const { startPostgres } = await built<typeof EmbeddedPostgres>('embedded-postgres');
  const running = await startPostgres({
    dataDir: join(directory, 'postgres'),
    logFile: join(directory, 'postgres.log'),
    password: 'test',
    database: 'milepost_test',
    durable: false,
    maxConnections: 200,
  });
  processes.push(running);
  return running.url;
}

async function startValkey(directory: string, processes: RunningProcess[]): Promise<string> {
  const { startValkey } = await built<typeof EmbeddedValkey>('embedded-valkey');
  const running = await startValkey({
    dataDir: join(directory, 'valkey'),
    logFile: join(directory, 'valkey.log'),
    password: 'test',
    databases: DATABASES,
    persistent: false,
    preferInstalled: false,
  });
  processes.push(running);
  return running.url;
}

/** A built module: Jest's resolver does not work here yet, and the services need built files anyway. */
async function built<Module>(name: string): Promise<Module> {
  const path = resolve(import.meta.dirname, '../../../dist/local', `${name}.js`);
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`npm run build\` first`);
  return (await import(path)) as Module;
}
