// A Valkey or Redis server that is installed on this machine.

import { spawn, spawnSync } from 'node:child_process';
import { exitOf, hasEnded, findSetpriv, stopBySteps, type RunningProcess } from './running-process.js';

/** BullMQ's oldest. */
const OLDEST_REDIS = [6, 2] as const;

export interface NativeValkeyOptions {
  readonly program: string;
  readonly directory: string;
  readonly port: number;
  readonly password: string;
  readonly databases: number;
  readonly persistent: boolean;
  /** Takes its output. */
  readonly log: number;
}

/** Name of an installed server that is new enough; undefined when there is none on the PATH. */
export function findNativeValkey(): string | undefined {
  return ['valkey-server', 'redis-server'].find((program) => {
    const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 5_000 });
    return status === 0 && isNewEnough(stdout);
  });
}

/** Reads the output of `--version`. */
export function isNewEnough(output: string): boolean {
  const match = /\bv=(\d+)\.(\d+)/.exec(output);
  if (!match) return false;
  const major = Number(match[1]);
  return major > OLDEST_REDIS[0] || (major === OLDEST_REDIS[0] && Number(match[2]) >= OLDEST_REDIS[1]);
}

/** Lines of a configuration file. Values are quoted, as a path may hold blanks. */
export function nativeConfiguration(options: NativeValkeyOptions): string {
  const settings: Record<string, string | number> = {
    bind: '127.0.0.1',
    port: options.port,
    dir: options.directory,
    requirepass: options.password,
    databases: options.databases,
    'maxmemory-policy': 'noeviction',
    save: '',
    appendonly: options.persistent ? 'yes' : 'no',
    appendfsync: 'everysec',
    daemonize: 'no',
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${JSON.stringify(String(value))}\n`)
    .join('');
}

/** Starts it, not waiting until it answers. It ends when this process does, where setpriv is there to see to it. */
export function spawnNativeValkey(options: NativeValkeyOptions): RunningProcess {
  // The configuration goes in by stdin: arguments, with the password, could be read by everybody.
  const server = [options.program, '-'];
  const setpriv = findSetpriv();
  const command = setpriv ? [setpriv, '--pdeathsig', 'TERM', '--', ...server] : server;
  const child = spawn(command[0] ?? '', command.slice(1), {
    detached: true,
    cwd: options.directory,
    stdio: ['pipe', options.log, options.log],
  });
  const exited = exitOf(child);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(nativeConfiguration(options));
  return {
    pid: child.pid ?? -1,
    exited,
    stop: () => stopBySteps(child, exited, [{ signal: 'SIGTERM', wait: 10_000 }]),
    kill: () => {
      if (!hasEnded(child)) child.kill('SIGKILL');
    },
  };
}
