// What an operator reads when a process cannot go on: one clear line where the reason is known.

import { AppError } from '../common/errors/app-error.js';
import { ConfigurationError } from '../config/env.js';
import { isDatabaseAway } from '../infra/database/postgres-errors.js';

/** The text to print for an error that ends a process. */
export function explainFailure(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  if (isDatabaseAway(error)) {
    return 'The database cannot be reached. Check DATABASE_URL, and that PostgreSQL runs and takes connections.';
  }
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `The port is taken (${error.message}). Stop what uses it, or set PORT.`;
  }
  if (error instanceof AppError && error.status < 500) {
    const fields = error.options.errors?.map(({ path, message }) => `${path} ${message}`) ?? [];
    return [error.detail, ...fields].join(': ');
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
