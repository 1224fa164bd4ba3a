import { CommandFailure, UsageError } from './commands/cli-command.js';
import { explainFailure } from './explain-failure.js';

const FAILED = 1;
const CALLED_WRONGLY = 2;

/** Ends the process for an error of a command. The parser's own have been printed; `--help` is among them. */
export function endCommand(error: Error): never {
  if ('code' in error && String(error.code).startsWith('commander.')) {
    process.exit('exitCode' in error && error.exitCode === 0 ? 0 : CALLED_WRONGLY);
  }
  const known = error instanceof CommandFailure || error instanceof UsageError;
  console.error(known ? error.message : explainFailure(error));
  process.exit(error instanceof UsageError ? CALLED_WRONGLY : FAILED);
}
