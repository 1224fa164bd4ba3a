#!/usr/bin/env node
// The command line. Exit codes: 0 done, 1 failed, 2 called wrongly.

import 'reflect-metadata';
import { CommandFactory } from 'nest-commander';
import { CliModule } from './app/cli.module.js';
import { endCommand } from './app/end-command.js';

await CommandFactory.run(CliModule, {
  cliName: 'milepost',
  errorHandler: endCommand,
  serviceErrorHandler: endCommand,
});
// Whatever a library still holds open: the command is done.
process.exit();
