// PostgreSQL from the npm package of this platform, as a child process on 127.0.0.1.

import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { findFreePort } from './free-port.js';
import { accountFor, dataDirectoryArgument, invocation, type PostgresAccount } from './postgres-account.js';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { ensureCluster, POSTGRES_USER } from './postgres-cluster.js';
import { recordedServer, removeLeftovers } from './postgres-leftovers.js';
import { HopelessStartError, exitOf, hasEnded, stopBySteps, type RunningProcess } from './running-process.js';

const READY_WITHIN = 60_000;
const LOG_LIMIT = 10 * 1024 * 1024;
const LOG_TAIL_LINES = 12;

export interface PostgresOptions {
  /** The cluster's directory, made when missing. */
  readonly dataDir: string;
  /** Password of the superuser; it is set when the cluster is made and must stay the same. */
  readonly password: string;
  /** Database to connect to, made when missing; a plain identifier. */
  readonly database: string;
  /** Takes the server's output; emptied when it has grown past 10 MiB. */
  readonly logFile: string;
  /** Default: a free one. */
  readonly port?: number;
  /** False: do not wait for the disk; a crash of the machine may lose everything. For tests. */
  readonly durable?: boolean;
  readonly maxConnections?: number;
  /** Gives up waiting for readiness and ends the server. */
  readonly signal?: AbortSignal;
}

export interface RunningPostgres extends RunningProcess {
  /** With user and password. */
  readonly url: string;
  readonly port: number;
}

/**
 * Starts the server and resolves when the database can be used.
 * @throws Error with the end of the log when the server ends before that
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const cluster = resolve(options.dataDir);
  const account = accountFor(cluster);
  const binaries = findPostgresBinaries(account);
  const durable = options.durable ?? true;
  await removeLeftovers(cluster);
  ensureCluster({ binaries, account, cluster, password: options.password, durable });
  const port = options.port ?? (await findFreePort());
  const log = openLog(options.logFile);
  const { child, exited } = spawnServer(binaries, account, cluster, serverSettings(options, port), log);
  const running: RunningPostgres = {
    pid: child.pid ?? -1,
    port,
    url: connectionUrl(options, port, options.database),
    exited,
    // Fast (break connections off, checkpoint), then immediate (recover at the next start).
    stop: () =>
      stopBySteps(child, exited, [
        { signal: 'SIGINT', wait: 10_000 },
        { signal: 'SIGQUIT', wait: 3_000 },
      ]),
    kill: () => {
      if (!hasEnded(child)) child.kill('SIGQUIT');
    },
  };
  try {
    await untilReady(cluster, running, options.signal);
    await ensureDatabase(options, port);
    return running;
  } catch (error) {
    await running.stop();
    if (error instanceof HopelessStartError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${tail(options.logFile, log.start)}`.trim());
  }
}

function connectionUrl(options: PostgresOptions, port: number, database: string): string {
  return `postgresql://${POSTGRES_USER}:${encodeURIComponent(options.password)}@127.0.0.1:${port}/${database}`;
}

function serverSettings(options: PostgresOptions, port: number): Record<string, string | number> {
  return {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: options.maxConnections ?? 100,
    shared_buffers: '128MB',
    max_wal_size: '512MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    ...(options.durable === false
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
      : {}),
  };
}

function spawnServer(
  binaries: PostgresBinaries,
  account: PostgresAccount,
  cluster: string,
  settings: Record<string, string | number>,
  log: { descriptor: number },
) {
  const { command, args, options } = invocation(account, binaries.postgres, [
    '-D',
    dataDirectoryArgument(account, cluster),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  try {
    // A group of its own: Ctrl-C in the terminal must not stop the database before those who use it.
    const stdio: ['ignore', number, number] = ['ignore', log.descriptor, log.descriptor];
    const child = spawn(command, args, { ...options, cwd: cluster, detached: true, stdio });
    return { child, exited: exitOf(child) };
  } finally {
    closeSync(log.descriptor);
  }
}

function openLog(file: string): { descriptor: number; start: number } {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > LOG_LIMIT) truncateSync(file);
  const start = existsSync(file) ? statSync(file).size : 0;
  return { descriptor: openSync(file, 'a', 0o600), start };
}

function tail(file: string, start: number): string {
  const lines = readFileSync(file).subarray(start).toString('utf8').trim().split('\n');
  return lines.slice(-LOG_TAIL_LINES).join('\n');
}

/** Follows the server's own file, as pg_ctl does: on the port somebody else could be answering. */
async function untilReady(cluster: string, running: RunningPostgres, signal?: AbortSignal): Promise<void> {
  let ended: string | undefined;
  void running.exited.then((reason) => (ended = reason));
  const deadline = Date.now() + READY_WITHIN;
  for (;;) {
    const recorded = recordedServer(cluster);
    if (recorded?.ready && recorded.pid === running.pid) return;
    if (ended !== undefined) throw new Error(`PostgreSQL ${ended}`);
    if (signal?.aborted) throw new Error('PostgreSQL is being stopped');
    if (Date.now() > deadline) throw new Error(`PostgreSQL was not ready within ${READY_WITHIN / 1000} s`);
    await sleep(15);
  }
}

function explain(error: unknown, directory: string): unknown {
  if ((error as { code?: string }).code !== '28P01') return error;
  return new HopelessStartError(
    `PostgreSQL refuses its password: the secrets beside ${directory} are not those it was made with.`,
  );
}

async function ensureDatabase(options: PostgresOptions, port: number): Promise<void> {
  const connectionString = connectionUrl(options, port, 'postgres');
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [options.database]);
    if (found.rowCount === 0)
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(options.database)}`);
  } catch (error) {
    throw explain(error, options.dataDir);
  } finally {
    await client.end().catch(() => undefined);
  }
}
