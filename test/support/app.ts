// Milepost in the test's own process: the real API on a real port, and a real worker when asked for.

import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext, Type } from '@nestjs/common';
import supertest from 'supertest';
import { createApi, type ApiApplication } from '../../src/app/create-api.js';
import { createWorker } from '../../src/app/create-worker.js';
import { loadServiceConfig, type ServiceConfig } from '../../src/config/app-config.js';
import { Database } from '../../src/infra/database/database.js';
import { databaseSettings, dropDatabase, migratedDatabase } from './test-database.js';
import { freshRedis } from './test-redis.js';
import { prepareStorage, storageSettings } from './test-storage.js';

export interface TestServices {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** The folder of stored bytes; those who store none need not name one. */
  readonly storageDir?: string;
}

export interface TestApp {
  /** Without a trailing slash. */
  readonly url: string;
  readonly config: ServiceConfig;
  readonly services: TestServices;
  readonly database: Database;
  readonly api: ApiApplication;
  /** A client for paths such as `/api/v1/tasks`. */
  http(): ReturnType<typeof supertest>;
  get<Service>(token: Type<Service>): Service;
  /** Starts a worker on the same services; close() stops it as well. */
  startWorker(): Promise<INestApplicationContext>;
  close(): Promise<void>;
}

export interface TestAppOptions {
  /** Settings that differ from the defaults of a test, by variable name. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The services of another test app, to be a second process beside it. */
  readonly services?: TestServices;
  readonly worker?: boolean;
}

/** Settings of a test process on the given services. */
export function testVariables(services: TestServices, settings: Readonly<Record<string, string>> = {}) {
  return {
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'silent',
    PUBLIC_URL: 'http://localhost:3000',
    ...databaseSettings(services.databaseUrl),
    DATABASE_POOL_SIZE: '8',
    REDIS_URL: services.redisUrl,
    STORAGE_DIR: services.storageDir ?? join(tmpdir(), 'milepost-no-storage'),
    ...storageSettings(services),
    JWT_SECRET: 'a-secret-that-only-the-tests-of-this-tree-use',
    // Nearly every test signs somebody in, and none of these passwords is worth the work of a thief.
    PASSWORD_HASH_MEMORY: '64KiB',
    PASSWORD_HASH_PASSES: '1',
    // Tests are one address and do much at once; those about limits set their own.
    RATE_LIMIT_ANONYMOUS_PER_MINUTE: '1000000',
    RATE_LIMIT_AUTH_PER_MINUTE: '1000000',
    RATE_LIMIT_USER_PER_MINUTE: '1000000',
    RATE_LIMIT_FAILED_LOGINS_PER_MINUTE: '1000000',
    RATE_LIMIT_FREE_PER_MINUTE: '1000000',
    RATE_LIMIT_FREE_PER_DAY: '1000000',
    ...settings,
  };
}

async function freshServices(): Promise<TestServices> {
  const storageDir = await mkdtemp(join(tmpdir(), 'milepost-storage-'));
  await prepareStorage(storageDir);
  return { databaseUrl: await migratedDatabase(), redisUrl: await freshRedis(), storageDir };
}

/** Starts the API on a fresh database and an empty Redis, or beside another test app. */
export async function startApp(options: TestAppOptions = {}): Promise<TestApp> {
  const services = options.services ?? (await freshServices());
  const config = loadServiceConfig(testVariables(services, options.settings));
  const api = await createApi(config);
  await api.listen(0, '127.0.0.1');
  const { port } = api.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const workers: INestApplicationContext[] = [];
  const app: TestApp = {
    url,
    config,
    services,
    api,
    database: api.get(Database),
    http: () => supertest(url),
    get: (token) => api.get(token, { strict: false }),
    startWorker: async () => {
      const worker = await createWorker(config);
      workers.push(worker);
      return worker;
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await api.close();
      if (options.services) return;
      await dropDatabase(services.databaseUrl);
      if (services.storageDir) await rm(services.storageDir, { recursive: true, force: true });
    },
  };
  if (options.worker) await app.startWorker();
  return app;
}
