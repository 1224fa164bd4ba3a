// Milepost as it runs in production: several API and worker processes on one PostgreSQL and one Redis, with a mail
// server, and cables between them. Each part is a real process that a test may kill, pause and start again.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Pool, type QueryResultRow } from 'pg';
import { migrate } from '../../src/app/migrate.js';
import { startPostgres } from '../../src/local/embedded-postgres.js';
import { startNodeChild } from '../../src/local/node-child.js';
import { testVariables } from './app.js';
import { Cable } from './cable.js';
import { freePort } from './installation.js';
import { KillableProcess } from './killable-process.js';
import { startTestRedis } from './redis-server.js';
import { TestSmtpServer } from './smtp-server.js';

const DIST = resolve(__dirname, '../../dist');
const PASSWORD = 'test';
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 40_000;

export type Service = 'postgres' | 'redis';

export interface DeploymentOptions {
  /** Number of API processes, default 1. */
  readonly apis?: number;
  /** Number of worker processes, default 1. */
  readonly workers?: number;
  /** Settings of all processes that differ from the defaults of a test. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Services that the processes reach by a cable only. */
  readonly cables?: readonly Service[];
  /** True: mails go to a mail server, and not to the built-in mailbox. */
  readonly smtp?: boolean;
  /** False: the database is left empty. */
  readonly migrated?: boolean;
  /** Connections that PostgreSQL takes, default 60. */
  readonly maxConnections?: number;
}

export interface ApiProcess {
  readonly process: KillableProcess;
  /** Where it listens, also after a restart; without a trailing slash. */
  readonly url: string;
}

export class Deployment {
  readonly apis: ApiProcess[] = [];
  readonly workers: KillableProcess[] = [];
  readonly postgres: KillableProcess;
  readonly redis: KillableProcess;
  readonly cables = new Map<Service, Cable>();
  smtp: TestSmtpServer | undefined;
  private readonly lines: string[] = [];
  private readonly urls = new Map<Service, string>();
  private pool: Pool | undefined;

  private constructor(
    private readonly directory: string,
    private readonly options: DeploymentOptions,
  ) {
    this.postgres = new KillableProcess('postgres', () => this.launchPostgres());
    this.redis = new KillableProcess('redis', () => this.launchRedis());
  }

  /** Starts everything, and resolves when all of it is ready. */
  static async start(options: DeploymentOptions = {}): Promise<Deployment> {
    const directory = await mkdtemp(join(tmpdir(), 'milepost-test-'));
    const deployment = new Deployment(directory, options);
    try {
      await deployment.startAll();
      return deployment;
    } catch (error) {
      await deployment.stop();
      throw new Error(`${String(error)}\n${deployment.output}`);
    }
  }

  /** Starts one more API process. */
  async addApi(settings: Readonly<Record<string, string>> = {}): Promise<ApiProcess> {
    const api = await this.newApi(settings);
    await api.process.start();
    return api;
  }

  /** One more API process, which is not started yet. */
  async newApi(settings: Readonly<Record<string, string>> = {}): Promise<ApiProcess> {
    const port = await freePort();
    const own = { ...settings, PORT: String(port) };
    const process = new KillableProcess(`api ${this.apis.length}`, () => this.launchProgram('api', own));
    const api = { process, url: `http://127.0.0.1:${port}` };
    this.apis.push(api);
    return api;
  }

  /** Starts one more worker process. */
  async addWorker(settings: Readonly<Record<string, string>> = {}): Promise<KillableProcess> {
    const name = `worker ${this.workers.length}`;
    const worker = new KillableProcess(name, () => this.launchProgram('worker', settings));
    this.workers.push(worker);
    await worker.start();
    return worker;
  }

  /** Asks PostgreSQL itself, by no cable. */
  async query<Row extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    if (!this.pool) {
      this.pool = new Pool({ connectionString: this.urls.get('postgres'), max: 2 });
      // A killed server ends idle connections; the next query makes a new one.
      this.pool.on('error', () => undefined);
    }
    return (await this.pool.query<Row>(sql, values)).rows;
  }

  /** Where PostgreSQL or Redis is, by no cable. */
  urlOf(service: Service): string {
    const url = this.urls.get(service);
    if (url === undefined) throw new Error(`${service} was never started`);
    return url;
  }

  /** The cable to a service; see DeploymentOptions. */
  cableTo(service: Service): Cable {
    const cable = this.cables.get(service);
    if (!cable) throw new Error(`there is no cable to ${service}`);
    return cable;
  }

  /** What the processes have written, for the message of a failed test. */
  get output(): string {
    return this.lines.join('\n');
  }

  /** Processes that ended although nobody asked them to; empty when all is well. */
  get unexpectedEnds(): string[] {
    return this.parts.flatMap(({ unexpectedEnds }) => unexpectedEnds);
  }

  /** Ends everything and removes the data. */
  async stop(): Promise<void> {
    await Promise.all(
      [...this.apis.map(({ process }) => process), ...this.workers].map((part) => part.stop()),
    );
    await this.pool?.end().catch(() => undefined);
    await Promise.all([this.redis.stop(), this.postgres.stop(), this.smtp?.close()]);
    for (const cable of this.cables.values()) cable.close();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  private get parts(): KillableProcess[] {
    return [...this.apis.map(({ process }) => process), ...this.workers, this.postgres, this.redis];
  }

  private async startAll(): Promise<void> {
    const { apis = 1, workers = 1, smtp = false, cables = [], migrated = true } = this.options;
    await Promise.all([this.postgres.start(), this.redis.start()]);
    for (const service of cables) this.cables.set(service, await Cable.to(this.urlOf(service)));
    if (smtp) this.smtp = await TestSmtpServer.start();
    if (migrated) await migrate(this.urlOf('postgres'));
    await Promise.all([
      ...Array.from({ length: apis }, () => this.addApi()),
      ...Array.from({ length: workers }, () => this.addWorker()),
    ]);
  }

  private async launchPostgres() {
    const running = await startPostgres({
      dataDir: join(this.directory, 'postgres'),
      logFile: join(this.directory, 'postgres.log'),
      password: PASSWORD,
      database: 'milepost',
      durable: true,
      maxConnections: this.options.maxConnections ?? 60,
      ...this.portOf('postgres'),
    });
    this.urls.set('postgres', running.url);
    return running;
  }

  private async launchRedis() {
    const running = await startTestRedis(this.directory, this.portOf('redis'));
    this.urls.set('redis', running.url);
    return running;
  }

  /** The port of the last time: the others were told the address once. */
  private portOf(service: Service): { port: number } | undefined {
    const url = this.urls.get(service);
    return url === undefined ? undefined : { port: Number(new URL(url).port) };
  }

  private launchProgram(name: 'api' | 'worker', settings: Readonly<Record<string, string>>) {
    const addressOf = (service: Service): string => this.cables.get(service)?.url ?? this.urlOf(service);
    const services = {
      databaseUrl: addressOf('postgres'),
      redisUrl: addressOf('redis'),
      storageDir: join(this.directory, 'storage'),
    };
    const all = { LOG_LEVEL: 'error', ...this.mailSettings(), ...this.options.settings, ...settings };
    return startNodeChild({
      entry: join(DIST, `main.${name}.js`),
      env: { PATH: process.env['PATH'], DATA_DIR: this.directory, ...testVariables(services, all) },
      output: (line) => this.lines.push(line),
      readyWithin: READY_WITHIN_MS,
      stopWithin: STOP_WITHIN_MS,
    });
  }

  private mailSettings(): Record<string, string> {
    if (!this.smtp) return {};
    return { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(this.smtp.port), SMTP_TLS: 'none' };
  }
}
