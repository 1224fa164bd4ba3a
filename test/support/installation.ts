// A whole Milepost as `npm start` runs it: launcher, embedded services, API and worker, each a process that
// a test may kill. Only processes below this launcher and this data directory are ever signalled.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { commandLine, descendants } from './process-tree.js';
import { waitFor } from './wait-for.js';

export const PARTS = ['launcher', 'api', 'worker', 'postgres', 'valkey'] as const;
export type Part = (typeof PARTS)[number];

const ENTRY = resolve(__dirname, '../../dist/main.js');
const START_DEADLINE_MS = 60_000;

export class Installation {
  private launcher: ChildProcess | undefined;
  output = '';

  private constructor(
    readonly dataDir: string,
    readonly port: number,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** A new installation with an empty data directory; nothing runs yet. */
  static async create(settings: Readonly<Record<string, string>> = {}): Promise<Installation> {
    const dataDir = await mkdtemp(join(tmpdir(), 'milepost-test-'));
    return new Installation(join(dataDir, 'data'), await freePort(), settings);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts the launcher and waits until the API is ready. */
  async start(): Promise<void> {
    const launcher = spawn(process.execPath, [ENTRY], {
      env: {
        PATH: process.env['PATH'],
        HOME: this.dataDir,
        PORT: String(this.port),
        DATA_DIR: this.dataDir,
        ...this.settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    launcher.stdout.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    launcher.stderr.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.launcher = launcher;
    await waitFor(
      'the installation to be ready',
      async () => {
        if (launcher.exitCode !== null) throw new Error(`the launcher ended:\n${this.output}`);
        return this.isReady();
      },
      START_DEADLINE_MS,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.output}`);
    });
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
  }

  /** Process id of a part; undefined while it does not run. */
  processOf(part: Part): number | undefined {
    const launcher = this.launcher?.pid;
    if (part === 'launcher' || launcher === undefined) return launcher;
    const patterns: Record<Exclude<Part, 'launcher'>, RegExp> = {
      api: /main\.api\.js/,
      worker: /main\.worker\.js/,
      postgres: /\/postgres\0.*-D/,
      valkey: /valkey-process\.js|milepost-valkey|redis-server|valkey-server/,
    };
    return descendants(launcher).find((pid) => patterns[part].test(commandLine(pid)));
  }

  /** Kills a part with SIGKILL; a killed launcher is started again, everything else comes back by itself. */
  async kill(part: Part): Promise<void> {
    const pid = await waitFor(`${part} to run`, () => this.processOf(part));
    process.kill(pid, 'SIGKILL');
    if (part === 'launcher') {
      await this.exited();
      await this.start();
      return;
    }
    await waitFor(`another ${part}`, () => {
      const now = this.processOf(part);
      return now !== undefined && now !== pid;
    });
    await waitFor('the installation to be ready again', () => this.isReady(), START_DEADLINE_MS);
  }

  /** Kills the launcher and all that it has started with SIGKILL, at once; start() starts it again. */
  async killAll(): Promise<void> {
    const launcher = await waitFor('the launcher to run', () => this.launcher?.pid);
    const pids = [launcher, ...descendants(launcher)];
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended with its parent.
      }
    }
    await this.exited();
    await waitFor('all to be gone', () => pids.every((pid) => commandLine(pid) === ''));
  }

  /** Stops everything in order, and returns the exit code. */
  async stop(): Promise<number | null> {
    this.launcher?.kill('SIGTERM');
    return this.exited();
  }

  /** Stops everything and removes the data. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(resolve(this.dataDir, '..'), { recursive: true, force: true, maxRetries: 5 });
  }

  private async exited(): Promise<number | null> {
    const launcher = this.launcher;
    if (!launcher) return null;
    await waitFor(
      'the launcher to end',
      () => launcher.exitCode !== null || launcher.signalCode !== null,
      40_000,
    );
    return launcher.exitCode;
  }
}

/** A port of the loopback address that nothing listens on right now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
