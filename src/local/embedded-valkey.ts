// Valkey on 127.0.0.1: an installed server when there is one, otherwise the WebAssembly build in a child process.

import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from './free-port.js';
import { findNativeValkey, spawnNativeValkey } from './native-valkey.js';
import { startNodeChild } from './node-child.js';
import type { RunningProcess } from './running-process.js';
import type { ValkeyProcessOptions } from './valkey-process.js';

const DATABASES = 128;
const READY_WITHIN = 30_000;
const STOP_WITHIN = 10_000;
const LOG_LIMIT = 10 * 1024 * 1024;

export interface ValkeyOptions {
  /** Where the data is kept; made when missing. */
  readonly dataDir: string;
  readonly password: string;
  /** Takes the server's output; emptied when it has grown past 10 MiB. */
  readonly logFile: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Number of logical databases, default 128. */
  readonly databases?: number;
  /** False: forget everything at the end. Default true. */
  readonly persistent?: boolean;
  /** False: the WebAssembly build even when a server is installed. Default true. */
  readonly preferInstalled?: boolean;
  /** The server to run, whatever else is installed. */
  readonly program?: string;
  /** The compiled valkey-process.js; default: the one beside this file. */
  readonly processEntry?: string;
  /** Gives up waiting for readiness and ends the server. */
  readonly signal?: AbortSignal;
}

export interface RunningValkey extends RunningProcess {
  /** With the password; names no database, so that clients can choose one by an option. */
  readonly url: string;
  readonly port: number;
  /** What runs, in words. */
  readonly kind: string;
}

/** Starts the server and resolves when it answers. */
export async function startValkey(options: ValkeyOptions): Promise<RunningValkey> {
  const port = options.port ?? (await findFreePort());
  const url = `redis://:${encodeURIComponent(options.password)}@127.0.0.1:${port}`;
  mkdirSync(dirname(options.logFile), { recursive: true });
  if (existsSync(options.logFile) && statSync(options.logFile).size > LOG_LIMIT)
    truncateSync(options.logFile);
  const log = openSync(options.logFile, 'a', 0o600);
  try {
    const program = options.program ?? (options.preferInstalled === false ? undefined : findNativeValkey());
    const running = program
      ? await startInstalled(options, program, port, log)
      : await startBuiltIn(options, port, log);
    return { ...running, url, port, kind: program ?? 'built in' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason} (see ${options.logFile})`);
  } finally {
    closeSync(log);
  }
}

/**
 * Each kind has a directory of its own, as neither can always read the other's files. The other's goes: after a
 * change there and back nobody wants what was true before it.
 */
function directoryFor(options: ValkeyOptions, kind: 'built-in' | 'installed'): string {
  const directory = join(resolve(options.dataDir), kind);
  const other = join(resolve(options.dataDir), kind === 'installed' ? 'built-in' : 'installed');
  rmSync(other, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

function startBuiltIn(options: ValkeyOptions, port: number, log: number): Promise<RunningProcess> {
  const message: ValkeyProcessOptions = {
    directory: directoryFor(options, 'built-in'),
    port,
    password: options.password,
    databases: options.databases ?? DATABASES,
    persistent: options.persistent ?? true,
  };
  return startNodeChild({
    entry: options.processEntry ?? fileURLToPath(new URL('./valkey-process.js', import.meta.url)),
    nodeOptions: ['--disable-warning=ExperimentalWarning'],
    env: {},
    output: log,
    message,
    readyWithin: READY_WITHIN,
    stopWithin: STOP_WITHIN,
    signal: options.signal,
  });
}

async function startInstalled(
  options: ValkeyOptions,
  program: string,
  port: number,
  log: number,
): Promise<RunningProcess> {
  const directory = directoryFor(options, 'installed');
  const running = spawnNativeValkey({
    program,
    directory,
    port,
    password: options.password,
    databases: options.databases ?? DATABASES,
    persistent: options.persistent ?? true,
    log,
  });
  let ended: string | undefined;
  void running.exited.then((reason) => (ended = reason));
  const deadline = Date.now() + READY_WITHIN;
  while (!(await answers(port, options.password))) {
    if (ended !== undefined) {
      setAsideUnreadable(directory, options.logFile);
      throw new Error(`${program} ${ended}`);
    }
    if (options.signal?.aborted || Date.now() > deadline) {
      await running.stop();
      throw new Error(options.signal?.aborted ? 'is being stopped' : `${program} does not answer`);
    }
    await sleep(20);
  }
  return running;
}

/** Files of a newer server, or damaged ones: the next try starts without. What must last is in PostgreSQL. */
function setAsideUnreadable(directory: string, logFile: string): void {
  const lastWords = readFileSync(logFile, 'utf8').slice(-500);
  if (!/rdb|aof|append only/i.test(lastWords)) return;
  rmSync(`${directory}.damaged`, { recursive: true, force: true });
  renameSync(directory, `${directory}.damaged`);
}

/** Whether a server there takes the password and is done loading. */
function answers(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect({ host: '127.0.0.1', port, timeout: 1_000 });
    socket.on('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      if (/\r\n.*\r\n/.test(received)) socket.destroy();
    });
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received === '+OK\r\n+PONG\r\n'));
  });
}
