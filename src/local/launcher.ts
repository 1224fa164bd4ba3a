// Everything on one machine: the services no URL replaces, the migrations, the API and the worker.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { removeEmbeddedServices, writeEmbeddedServices } from '../config/embedded-services.js';
import { lockDataDirectory, type DataDirectoryLock } from './data-directory-lock.js';
import { startPostgres } from './embedded-postgres.js';
import { startValkey } from './embedded-valkey.js';
import { isPortFree, waitForFreePort } from './free-port.js';
import { generatedSecret } from './generated-secrets.js';
import { runNodeChild, startNodeChild } from './node-child.js';
import { Supervisor, type SupervisedPart } from './supervisor.js';

/** What requests and jobs under way may take to end, in milliseconds. */
const STOP_WITHIN = 25_000;
const READY_WITHIN = 60_000;
/** The API of a launcher that was killed ends by itself, but not before its requests do. */
const LEAVE_PORT_WITHIN = STOP_WITHIN + 5_000;

export interface LauncherOptions {
  /** Paths of the compiled programs. */
  readonly programs: { readonly api: string; readonly worker: string; readonly cli: string };
  /** The settings as the children get them, where the launcher adds none. */
  readonly variables: NodeJS.ProcessEnv;
  /** Absolute. */
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly production: boolean;
  /** Which of these settings are there; the launcher sees to the others. */
  readonly given: { readonly databaseUrl: boolean; readonly redisUrl: boolean; readonly jwtSecret: boolean };
  /** False: the WebAssembly Valkey even when a server is installed. */
  readonly preferInstalledValkey?: boolean;
  readonly print: (line: string) => void;
}

export class Launcher {
  private readonly stopping = new AbortController();
  private readonly services: Supervisor[] = [];
  private readonly programs: Supervisor[] = [];
  private lock: DataDirectoryLock | undefined;
  private starting: Promise<void> = Promise.resolve();
  private migrating: Promise<void> = Promise.resolve();

  constructor(private readonly options: LauncherOptions) {}

  /** Resolves when all parts are ready; rejects with a message for the user. stop() has to follow either way. */
  start(): Promise<void> {
    this.starting = this.startAll();
    return this.starting;
  }

  /** Stops everything that runs, users before what they use. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.programs.map((program) => program.stop()));
    await this.migrating.catch(() => undefined);
    for (const service of [...this.services].reverse()) await service.stop();
    await this.starting.catch(() => undefined);
    // Without the lock the file is another launcher's.
    if (this.lock) removeEmbeddedServices(this.options.dataDirectory);
    this.lock?.release();
  }

  /** Ends all children by force, without waiting. */
  kill(): void {
    this.stopping.abort();
    for (const part of [...this.programs, ...this.services]) part.kill();
  }

  private async startAll(): Promise<void> {
    const { options } = this;
    this.checkPrograms();
    this.lock = await lockDataDirectory(options.dataDirectory, options.publicUrl);
    await this.checkPort(this.lock.tookOver);
    const env: NodeJS.ProcessEnv = { ...options.variables, DATA_DIR: options.dataDirectory };
    if (!options.given.jwtSecret && !options.production) env.JWT_SECRET = this.secret('jwt-secret');
    await this.startServices(env);
    this.writeConnection(env);
    this.stopping.signal.throwIfAborted();
    this.migrating = this.migrate(env);
    await this.migrating;
    this.stopping.signal.throwIfAborted();
    await Promise.all([
      this.startProgram('api', options.programs.api, env),
      this.startProgram('worker', options.programs.worker, env),
    ]);
    this.printAddresses();
  }

  private checkPrograms(): void {
    const missing = Object.values(this.options.programs).filter((path) => !existsSync(path));
    if (missing.length > 0)
      throw new Error(`Not built: ${missing.join(', ')} missing. Run \`npm run build\` first.`);
  }

  private async checkPort(afterKill: boolean): Promise<void> {
    const { host, port } = this.options;
    if (port === 0 || (await isPortFree(host, port))) return;
    if (afterKill) {
      this.report('launcher', `an earlier one was killed; waiting until its API has left port ${port}`);
      if (await waitForFreePort(host, port, LEAVE_PORT_WITHIN, this.stopping.signal)) return;
    }
    throw new Error(`Port ${port} on ${host} is taken. Stop what listens there, or set PORT to another.`);
  }

  /** Starts what no URL replaces, and adds the URLs to `env`. */
  private async startServices(env: NodeJS.ProcessEnv): Promise<void> {
    const { given } = this.options;
    const postgres = given.databaseUrl ? undefined : this.postgres(env);
    const valkey = given.redisUrl ? undefined : this.valkey(env);
    const parts = [postgres, valkey].filter((part) => part !== undefined);
    const supervisors = parts.map((part) => new Supervisor(part, (line) => this.options.print(line)));
    this.services.push(...supervisors);
    await Promise.all(supervisors.map((supervisor) => supervisor.start()));
    if (!postgres) this.report('postgres', 'yours, by DATABASE_URL');
    if (!valkey) this.report('valkey', 'yours, by REDIS_URL');
  }

  /** For the command line beside this process: only what this process brought, no URL of the user's. */
  private writeConnection(env: NodeJS.ProcessEnv): void {
    const { dataDirectory, given } = this.options;
    writeEmbeddedServices(dataDirectory, {
      DATABASE_URL: given.databaseUrl ? undefined : env.DATABASE_URL,
      REDIS_URL: given.redisUrl ? undefined : env.REDIS_URL,
    });
  }

  private postgres(env: NodeJS.ProcessEnv): SupervisedPart {
    const { dataDirectory } = this.options;
    const password = this.secret('postgres-password');
    let port: number | undefined;
    const start = async (signal: AbortSignal) => {
      const running = await startPostgres({
        dataDir: join(dataDirectory, 'postgres'),
        logFile: join(dataDirectory, 'logs', 'postgres.log'),
        database: 'milepost',
        password,
        port,
        signal,
      });
      if (port === undefined) this.report('postgres', `embedded, 127.0.0.1:${running.port}`);
      // It keeps its port: the others were told the URL once.
      port = running.port;
      env.DATABASE_URL = running.url;
      return running;
    };
    return { name: 'postgres', start };
  }

  private valkey(env: NodeJS.ProcessEnv): SupervisedPart {
    const { dataDirectory, preferInstalledValkey } = this.options;
    const password = this.secret('valkey-password');
    let port: number | undefined;
    const start = async (signal: AbortSignal) => {
      const running = await startValkey({
        dataDir: join(dataDirectory, 'valkey'),
        logFile: join(dataDirectory, 'logs', 'valkey.log'),
        preferInstalled: preferInstalledValkey,
        password,
        port,
        signal,
      });
      if (port === undefined) this.report('valkey', `${running.kind}, 127.0.0.1:${running.port}`);
      port = running.port;
      env.REDIS_URL = running.url;
      return running;
    };
    return { name: 'valkey', start };
  }

  private async migrate(env: NodeJS.ProcessEnv): Promise<void> {
    const code = await runNodeChild({
      entry: this.options.programs.cli,
      args: ['migrate'],
      env,
      output: (line) => this.report('migrations', line),
      stopWithin: STOP_WITHIN,
      signal: this.stopping.signal,
    });
    this.stopping.signal.throwIfAborted();
    if (code !== 0) throw new Error('The migrations failed; see above.');
    this.report('migrations', 'done');
  }

  private async startProgram(name: string, entry: string, env: NodeJS.ProcessEnv): Promise<void> {
    const start = (signal: AbortSignal) =>
      startNodeChild({
        entry,
        env,
        output: 'inherit',
        readyWithin: READY_WITHIN,
        stopWithin: STOP_WITHIN,
        signal,
      });
    const supervisor = new Supervisor({ name, start }, (line) => this.options.print(line));
    this.programs.push(supervisor);
    await supervisor.start().catch((error: unknown) => {
      throw new Error(`${name} ${error instanceof Error ? error.message : String(error)}`);
    });
    this.report(name, 'ready');
  }

  private secret(name: string): string {
    return generatedSecret(this.options.dataDirectory, name);
  }

  private report(part: string, text: string): void {
    this.options.print(`${part.padEnd(11)} ${text}`);
  }

  private printAddresses(): void {
    const { publicUrl, production, print } = this.options;
    const addresses = {
      API: '/api/v1',
      Documents: '/docs',
      Health: '/health/ready',
      ...(production ? {} : { Mailbox: '/dev/mailbox' }),
    };
    for (const [name, path] of Object.entries(addresses)) this.report(name, publicUrl + path);
    print('Milepost is ready. Ctrl-C stops it.');
  }
}
