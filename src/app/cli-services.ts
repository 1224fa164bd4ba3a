// The services of the features for a command that needs them. They are made for the command and closed after
// it, so that `--help` and commands without a database need neither settings nor services.

import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { newContext, runInContext } from '../common/request-context/request-context.js';
import { loadServiceConfig, type ServiceConfig } from '../config/app-config.js';
import { withEmbeddedServices, type CompletedVariables } from '../config/embedded-services.js';
import { processVariables } from '../config/env.js';
import { CommandFailure } from './commands/cli-command.js';
import type { CliOperations } from './cli-operations.js';
import { reachDatabase } from './reach-database.js';

@Injectable()
export class CliServices {
  /**
   * Runs `work` on the features of this installation.
   * @throws CommandFailure when the database is away; ConfigurationError
   */
  async use<Result>(work: (operations: CliOperations) => Promise<Result>): Promise<Result> {
    const config = loadServiceConfig(this.variables().variables);
    await reachDatabase(config.database.url);
    const { CliServicesModule } = await import('./cli-services.module.js');
    const { CliOperations } = await import('./cli-operations.js');
    // Standard output is the command's answer.
    const quiet: ServiceConfig = { ...config, logging: { ...config.logging, level: 'silent' } };
    const services = await NestFactory.createApplicationContext(CliServicesModule.with(quiet), {
      logger: false,
      abortOnError: false,
    });
    try {
      return await runInContext(newContext(`cli-${randomUUID()}`), () => work(services.get(CliOperations)));
    } finally {
      await services.close();
    }
  }

  /**
   * The settings, with what a running `npm start` knows in place of those that are not set.
   * @throws CommandFailure when nothing says where the database is
   */
  variables(): CompletedVariables {
    const completed = withEmbeddedServices(processVariables());
    const { DATABASE_URL, DATABASE_URL_FILE } = completed.variables;
    if (DATABASE_URL || DATABASE_URL_FILE) return completed;
    throw new CommandFailure(
      'The database cannot be reached: DATABASE_URL is not set, and no `npm start` runs on DATA_DIR ' +
        `${completed.dataDirectory}. Start Milepost, or set DATABASE_URL.`,
    );
  }
}
