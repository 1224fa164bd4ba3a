// Several API processes on one PostgreSQL and one Redis, as in production: each of them a process that a test may
// kill. Redis keeps nothing, and comes back empty on its old address.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { migrate } from '../../src/app/migrate.js';
import { startPostgres, type RunningPostgres } from '../../src/local/embedded-postgres.js';
import { startValkey, type RunningValkey } from '../../src/local/embedded-valkey.js';
import { testVariables } from './app.js';
import { freePort } from './installation.js';
import { waitFor } from './wait-for.js';

const DIST = resolve(__dirname, '../../dist');
const PASSWORD = 'test';

export class Replicas {
  /** Where each API process listens, without a trailing slash. */
  readonly urls: string[] = [];
  private readonly children: ChildProcess[] = [];
  private readonly outputs: string[] = [];

  private constructor(
    private readonly directory: string,
    private readonly postgres: RunningPostgres,
    private redis: RunningValkey,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** Starts the services and `count` API processes, and waits until these are ready. */
  static async start(count: number, settings: Readonly<Record<string, string>> = {}): Promise<Replicas> {
    const directory = await mkdtemp(join(tmpdir(), 'milepost-test-'));
    const postgres = await startPostgres({
      dataDir: join(directory, 'postgres'),
      logFile: join(directory, 'postgres.log'),
      password: PASSWORD,
      database: 'milepost',
      durable: true,
      maxConnections: 60,
    });
    const replicas = new Replicas(directory, postgres, await startRedis(directory), settings);
    try {
      await migrate(postgres.url);
      for (let index = 0; index < count; index += 1) replicas.urls.push(await replicas.startApi());
    } catch (error) {
      await replicas.stop();
      throw error;
    }
    return replicas;
  }

  /** Kills Redis with SIGKILL; resolves when it is gone. */
  async killRedis(): Promise<void> {
    this.redis.kill();
    await this.redis.exited;
  }

  /** Starts Redis again where it was, with nothing in it. */
  async restartRedis(): Promise<void> {
    this.redis = await startRedis(this.directory, this.redis.port);
  }

  /** What the processes have written, for the message of a failed test. */
  get output(): string {
    return this.outputs.join('');
  }

  /** Exit codes and signals of processes that have ended; empty as long as all run. */
  get ended(): unknown[] {
    return this.children.flatMap(({ exitCode, signalCode }) => exitCode ?? signalCode ?? []);
  }

  /** Ends everything and removes the data. */
  async stop(): Promise<void> {
    for (const child of this.children) child.kill('SIGTERM');
    await waitFor('the API processes to end', () => this.ended.length === this.children.length);
    await this.redis.stop();
    await this.postgres.stop();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  private async startApi(): Promise<string> {
    const port = await freePort();
    const services = { databaseUrl: this.postgres.url, redisUrl: this.redis.url };
    const child = spawn(process.execPath, [join(DIST, 'main.api.js')], {
      env: {
        PATH: process.env['PATH'],
        ...testVariables(services, { LOG_LEVEL: 'error', ...this.settings }),
        DATA_DIR: this.directory,
        PORT: String(port),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.push(child);
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => this.outputs.push(chunk.toString()));
    const url = `http://127.0.0.1:${port}`;
    await waitFor(
      'an API process to be ready',
      async () => {
        if (child.exitCode !== null) throw new Error(`it ended:\n${this.output}`);
        return fetch(`${url}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        );
      },
      60_000,
    );
    return url;
  }
}

function startRedis(directory: string, port?: number): Promise<RunningValkey> {
  return startValkey({
    dataDir: join(directory, 'redis'),
    logFile: join(directory, 'redis.log'),
    password: PASSWORD,
    persistent: false,
    processEntry: join(DIST, 'local/valkey-process.js'),
    ...(port !== undefined && { port }),
  });
}
