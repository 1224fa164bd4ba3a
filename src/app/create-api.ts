import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { ServiceConfig } from '../config/app-config.js';
import { StructuredLogger } from '../infra/logging/structured-logger.js';
import { ApiModule } from './api.module.js';
import { createHttpAdapter, setUpHttp } from './http-setup.js';
import { setUpSockets } from './socket-setup.js';

export type ApiApplication = NestExpressApplication;

/** The API, set up but not listening yet. */
export async function createApi(config: ServiceConfig): Promise<ApiApplication> {
  const application = await NestFactory.create<NestExpressApplication>(
    ApiModule.with(config),
    createHttpAdapter(config),
    { bodyParser: false, bufferLogs: true, abortOnError: false },
  );
  application.useLogger(application.get(StructuredLogger));
  setUpHttp(application, config);
  setUpSockets(application, config);
  return application;
}
