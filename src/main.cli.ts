#!/usr/bin/env node
// The command line. Exit codes: 0 done, 1 failed, 2 called wrongly.

import 'reflect-metadata';
import { CommandFactory } from 'nest-commander';
import { CliModule } from './app/cli.module.js';
import { explainFailure } from './app/explain-failure.js';

const CALLED_WRONGLY = 2;

await CommandFactory.run(CliModule, {
  cliName: 'milepost',
  // Commander's own errors are about how it was called; `--help` arrives here too, with exit code 0.
  errorHandler: (error) => {
    const asked = 'exitCode' in error && error.exitCode === 0;
    process.exit(asked ? 0 : CALLED_WRONGLY);
  },
  serviceErrorHandler: (error) => {
    console.error(explainFailure(error));
    process.exit(1);
  },
});
