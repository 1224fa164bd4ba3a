// One PostgreSQL and one Valkey for all test files of a run, in a temporary directory. They end with Jest, also
// when Jest is killed. MILEPOST_TEST_DATABASE_URL and MILEPOST_TEST_REDIS_URL name servers to use instead, and
// MILEPOST_TEST_SERVICES what is to stand in for the simple ones: cluster, sentinel, pgbouncer, s3.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type * as EmbeddedPostgres from '../../../src/local/embedded-postgres.js';
import type * as EmbeddedValkey from '../../../src/local/embedded-valkey.js';
import type { RunningProcess } from '../../../src/local/running-process.js';
import type * as S3 from '../s3-server.js';
import type * as PgBouncer from '../services/pgbouncer.js';
import type * as RedisServers from '../services/redis-servers.js';
import loadSource from './load-source.cjs';

declare global {
  /** Set while the services of a test run exist; the teardown, a module of its own, finds them here. */
  var milepostTestServices: { stop(): Promise<void> } | undefined;
}

type Stoppable = Pick<RunningProcess, 'stop'>;

/** Logical databases of the test Valkey: a test file can take one for itself. */
const DATABASES = 128;

export default async function globalSetup(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'milepost-test-'));
  const processes: Stoppable[] = [];
  const services = new Set((process.env.MILEPOST_TEST_SERVICES ?? '').split(','));
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map((running) => running.stop()));
    rmSync(directory, { recursive: true, force: true });
  };
  globalThis.milepostTestServices = { stop };
  const [database, redis] = await Promise.allSettled([
    process.env.MILEPOST_TEST_DATABASE_URL ?? startPostgres(directory, processes),
    process.env.MILEPOST_TEST_REDIS_URL ?? startRedis(services, directory, processes),
  ]);
  if (database.status === 'rejected' || redis.status === 'rejected') {
    await stop();
    throw database.status === 'rejected' ? database.reason : (redis as PromiseRejectedResult).reason;
  }
  process.env.TEST_DATABASE_URL = database.value;
  process.env.TEST_REDIS_URL = redis.value;
  await startOthers(services, database.value, processes).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
}

/** The Redis that was asked for; its URL. */
async function startRedis(
  services: ReadonlySet<string>,
  directory: string,
  processes: Stoppable[],
): Promise<string> {
  if (!services.has('cluster') && !services.has('sentinel')) return startValkey(directory, processes);
  const { startCluster, startSentinels } = loadSource<typeof RedisServers>('../services/redis-servers.js');
  const running = services.has('cluster') ? await startCluster(directory) : await startSentinels(directory);
  processes.push(running);
  return running.url;
}

/** What test/support/app.ts puts in front of the database, and in place of the local files. */
async function startOthers(
  services: ReadonlySet<string>,
  databaseUrl: string,
  processes: Stoppable[],
): Promise<void> {
  if (services.has('pgbouncer')) {
    const { startPgBouncer } = loadSource<typeof PgBouncer>('../services/pgbouncer.js');
    const pooler = await startPgBouncer(databaseUrl);
    processes.push(pooler);
    process.env.TEST_POOLER_PORT = String(pooler.port);
  }
  if (services.has('s3')) {
    const s3 = await loadSource<typeof S3>('../s3-server.js').startS3();
    processes.push({ stop: () => s3.close() });
    process.env.TEST_S3_SETTINGS = JSON.stringify(s3.settings);
    process.env.TEST_S3_DIRECTORY = dirname(s3.directory);
  }
}

async function startPostgres(directory: string, processes: Stoppable[]): Promise<string> {
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

async function startValkey(directory: string, processes: Stoppable[]): Promise<string> {
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
