// What the API and the worker process have in common: start, say "ready", and end in order.

import type { INestApplicationContext } from '@nestjs/common';
import { loadServiceConfig, type ServiceConfig } from '../config/app-config.js';
import { processVariables } from '../config/env.js';
import { explainFailure } from './explain-failure.js';

/** A process that has not stopped by then is stopped hard. */
export const SHUTDOWN_DEADLINE_MS = 25_000;

/** Sent to a parent process once this one does its work. */
export const READY_MESSAGE = { type: 'ready' } as const;

/**
 * Runs one of the production mains until SIGTERM, SIGINT or the end of its parent.
 * @param start makes the application from the settings; it serves when the promise resolves
 */
export async function runProcess(
  start: (config: ServiceConfig) => Promise<INestApplicationContext>,
): Promise<void> {
  const application = await startOrExit(start);
  let stopping = false;
  const stop = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), SHUTDOWN_DEADLINE_MS).unref();
    application.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`stopping after ${reason} failed:`, error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  // The launcher holds the other end: when it is gone, however it went, so are we.
  process.on('disconnect', () => stop('the end of the parent'));
  process.send?.(READY_MESSAGE);
}

async function startOrExit(
  start: (config: ServiceConfig) => Promise<INestApplicationContext>,
): Promise<INestApplicationContext> {
  try {
    return await start(loadServiceConfig(processVariables()));
  } catch (error) {
    console.error(explainFailure(error));
    process.exit(1);
  }
}
