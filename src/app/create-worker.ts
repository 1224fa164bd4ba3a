import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { ServiceConfig } from '../config/app-config.js';
import { StructuredLogger } from '../infra/logging/structured-logger.js';
import { WorkerModule } from './worker.module.js';

/** A worker: it takes jobs as soon as the promise resolves, and hands them back on close(). */
export async function createWorker(config: ServiceConfig): Promise<INestApplicationContext> {
  const application = await NestFactory.createApplicationContext(WorkerModule.with(config), {
    bufferLogs: true,
    abortOnError: false,
  });
  application.useLogger(application.get(StructuredLogger));
  return application;
}
