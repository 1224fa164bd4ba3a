// The process that runs the WebAssembly Valkey: a process of its own, because a long script blocks all of it.
// It is told what to do in one message (a password has no place in arguments) and ends with whoever started it.

import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ValkeyMachine } from './valkey-machine.js';
import { listen } from './valkey-sockets.js';

export interface ValkeyProcessOptions {
  readonly directory: string;
  readonly port: number;
  readonly password: string;
  readonly databases: number;
  /** Whether to keep the data in the directory. */
  readonly persistent: boolean;
}

const SNAPSHOT_EVERY = 3_000;
/** A snapshot stops everything else, so it may take at most one part in so many of the time. */
const SNAPSHOT_SHARE = 20;
const MEMORY_LIMIT = '1gb';
/** Of replies a client does not read; then it is dropped. */
const OUTPUT_LIMIT = String(64 * 1024 * 1024);

function fail(error: unknown): never {
  console.error('Valkey failed:', error);
  process.exit(1);
}

async function boot(options: ValkeyProcessOptions): Promise<ValkeyMachine> {
  const { directory, databases } = options;
  try {
    return await ValkeyMachine.boot({ directory, databases, onFault: fail });
  } catch (error) {
    const dump = join(directory, 'dump.rdb');
    if (!existsSync(dump)) throw error;
    // Nothing here is worth more than a running service: what must last is in PostgreSQL.
    console.error('Valkey rejects its snapshot, which is set aside as dump.rdb.damaged:', error);
    renameSync(dump, `${dump}.damaged`);
    return await ValkeyMachine.boot({ directory, databases, onFault: fail });
  }
}

function configure(machine: ValkeyMachine, password: string): void {
  machine.command(
    ['CONFIG', 'SET', 'maxmemory', MEMORY_LIMIT, 'maxmemory-policy', 'noeviction'],
    ['CONFIG', 'SET', 'client-output-buffer-limit', `normal ${OUTPUT_LIMIT} 0 0 pubsub ${OUTPUT_LIMIT} 0 0`],
    ['CONFIG', 'SET', 'requirepass', password],
  );
}

class Snapshots {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly machine: ValkeyMachine,
    private readonly password: string,
  ) {}

  start(delay = SNAPSHOT_EVERY): void {
    this.timer = setTimeout(() => this.start(Math.max(SNAPSHOT_EVERY, this.save() * SNAPSHOT_SHARE)), delay);
  }

  /** Saves when something has changed; returns the milliseconds it took. */
  save(): number {
    const startedAt = performance.now();
    const login = ['AUTH', this.password];
    const state = this.machine.command(login, ['INFO', 'persistence']);
    if (/rdb_changes_since_last_save:0\r/.test(state)) return 0;
    const reply = this.machine.command(login, ['SAVE']);
    if (reply !== '+OK\r\n+OK\r\n') console.error('Snapshot failed:', reply);
    return performance.now() - startedAt;
  }

  end(): void {
    clearTimeout(this.timer);
    this.save();
  }
}

async function serve(options: ValkeyProcessOptions): Promise<void> {
  const machine = await boot(options);
  configure(machine, options.password);
  const snapshots = new Snapshots(machine, options.password);
  const server = await listen(machine, options.port);
  if (options.persistent) snapshots.start();
  const stop = (): void => {
    server.close();
    if (options.persistent) snapshots.end();
    machine.stop();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('disconnect', stop);
  if (!process.connected) stop();
  process.send?.({ type: 'ready' });
}

process.title = 'milepost-valkey';
// Ctrl-C is for the launcher, which stops this process last.
process.on('SIGINT', () => undefined);
process.on('uncaughtException', fail);
process.once('disconnect', () => process.exit(0));
process.once('message', (options: ValkeyProcessOptions) => {
  process.removeAllListeners('disconnect');
  serve(options).catch(fail);
});
