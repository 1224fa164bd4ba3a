// The HTTP platform alone, around routes that only tests have: no accounts, no jobs and, unless asked for, no
// database.

import type { AddressInfo } from 'node:net';
import { Module, type Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { ConfigModule } from '../../../src/app/config.module.js';
import { DatabaseModule } from '../../../src/app/database.module.js';
import { createHttpAdapter, setUpHttp } from '../../../src/app/http-setup.js';
import { loadServiceConfig } from '../../../src/config/app-config.js';
import type { BodyPatience } from '../../../src/common/http/body-deadlines.js';
import { createRootLogger, ROOT_LOGGER } from '../../../src/infra/logging/root-logger.js';
import { LoggingModule } from '../../../src/infra/logging/logging.module.js';
import { StructuredLogger } from '../../../src/infra/logging/structured-logger.js';
import { MetricsModule } from '../../../src/infra/metrics/metrics.module.js';
import { IdempotencyModule } from '../../../src/infra/idempotency/idempotency.module.js';

export interface HttpTestApp {
  readonly url: string;
  readonly port: number;
  readonly app: NestExpressApplication;
  /** What was logged so far, parsed. */
  readonly log: Record<string, unknown>[];
  http(): ReturnType<typeof supertest>;
  close(): Promise<void>;
}

export interface HttpTestOptions {
  readonly controllers: Type[];
  /** Settings by variable name. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly databaseUrl?: string;
  /** How long bodies may take, where that differs. */
  readonly patience?: Partial<BodyPatience>;
  /** Called before the routes are registered. */
  readonly prepare?: (app: NestExpressApplication) => void;
}

/** Starts the platform around `controllers` on a free port. */
export async function startHttp(options: HttpTestOptions): Promise<HttpTestApp> {
  const config = loadServiceConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'debug',
    DATABASE_URL: options.databaseUrl ?? 'postgres://nobody@127.0.0.1:1/none',
    REDIS_URL: 'redis://127.0.0.1:1',
    JWT_SECRET: 'a-secret-that-only-the-tests-of-this-tree-use',
    ...options.settings,
  });
  const database = options.databaseUrl ? [DatabaseModule, IdempotencyModule] : [];
  const log: Record<string, unknown>[] = [];
  const logger = createRootLogger(config.logging, {
    write: (line) => void log.push(JSON.parse(line) as Record<string, unknown>),
  });

  @Module({
    imports: [ConfigModule.with(config), LoggingModule, MetricsModule, ...database],
    controllers: options.controllers,
  })
  class TestModule {}

  const adapter = createHttpAdapter(config, options.patience);
  const testing = await Test.createTestingModule({ imports: [TestModule] })
    .overrideProvider(ROOT_LOGGER)
    .useValue(logger)
    .compile();
  const app = testing.createNestApplication<NestExpressApplication>(adapter, {
    bodyParser: false,
    bufferLogs: true,
  });
  app.useLogger(app.get(StructuredLogger));
  setUpHttp(app, config);
  options.prepare?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return { url, port, app, log, http: () => supertest(url), close: () => app.close() };
}
