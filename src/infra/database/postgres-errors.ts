// Turns what PostgreSQL and its driver throw into the errors clients may see. The only place that knows
// SQLSTATE codes (https://www.postgresql.org/docs/current/errcodes-appendix.html).

import { AppError } from '../../common/errors/app-error.js';
import type { ErrorCode } from '../../contracts/errors.js';

/** Constraints that mean something to a client. */
const CONSTRAINT_CODES: Readonly<Record<string, ErrorCode>> = {
  users_email_unique: 'email_taken',
  users_username_unique: 'username_taken',
  tasks_owner_fkey: 'user_not_found',
  chat_rooms_name_unique: 'room_name_taken',
  datasets_file_fkey: 'file_not_found',
  training_jobs_model_fkey: 'model_not_found',
  chat_members_user_fkey: 'user_not_found',
};

const SQLSTATE_CODES: Readonly<Record<string, ErrorCode>> = {
  // What its schema allows and PostgreSQL has not: the year 0, an offset of 16 hours, NUL in a forged cursor.
  '22007': 'validation_failed',
  '22008': 'validation_failed',
  '22009': 'validation_failed',
  '22021': 'validation_failed',
  '23503': 'conflict',
  '23505': 'conflict',
  '40001': 'service_unavailable',
  '40P01': 'service_unavailable',
  '53000': 'service_unavailable',
  '53100': 'service_unavailable',
  '53200': 'service_unavailable',
  '53300': 'service_unavailable',
  '55P03': 'service_unavailable',
  '57014': 'service_unavailable',
  '57P01': 'service_unavailable',
  '57P02': 'service_unavailable',
  '57P03': 'service_unavailable',
  '57P05': 'service_unavailable',
  '25P03': 'service_unavailable',
};

const CONNECTION_TROUBLE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)$|^08/;
// A query runner is released under an open transaction when its connection ends between two statements.
const DRIVER_TROUBLE =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed|already released|Driver not Connected|connection timeout/i;

interface DriverError {
  code?: string;
  constraint?: string;
  message?: string;
  driverError?: DriverError;
  errors?: unknown[];
}

/**
 * The AppError that stands for a database error; any other error comes back as it is.
 * Codes: those of the constraint, conflict, validation_failed, service_unavailable.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const driver: DriverError = (error as DriverError).driverError ?? error;
  const code = codeOf(driver);
  return code ? new AppError(code, { cause: error, headers: retryAfter(code) }) : error;
}

/** True when the database cannot be reached or has no room right now. */
export function isDatabaseAway(error: unknown): boolean {
  const translated = translateDatabaseError(error);
  return translated instanceof AppError && translated.code === 'service_unavailable';
}

function codeOf(driver: DriverError): ErrorCode | undefined {
  const constraintCode = CONSTRAINT_CODES[driver.constraint ?? ''];
  if (constraintCode) return constraintCode;
  const sqlCode = SQLSTATE_CODES[driver.code ?? ''];
  if (sqlCode) return sqlCode;
  if (CONNECTION_TROUBLE.test(driver.code ?? '') || DRIVER_TROUBLE.test(driver.message ?? '')) {
    return 'service_unavailable';
  }
  return undefined;
}

function retryAfter(code: ErrorCode): Record<string, string> | undefined {
  return code === 'service_unavailable' ? { 'Retry-After': '1' } : undefined;
}
