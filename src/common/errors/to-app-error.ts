// Whatever is thrown at HTTP becomes an AppError: Nest's and Express's own errors by their status, anything
// unknown an internal_error whose cause is logged and never sent.

import { HttpException } from '@nestjs/common';
import type { ErrorCode } from '../../contracts/errors.js';
import { AppError } from './app-error.js';

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  409: 'conflict',
  412: 'stale_version',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  422: 'validation_failed',
  429: 'rate_limited',
  431: 'headers_too_large',
  503: 'service_unavailable',
};

/** The AppError that stands for anything thrown; its cause is the original. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const status = statusOf(thrown);
  if (status === undefined || status < 400) return new AppError('internal_error', { cause: thrown });
  const otherwise = status < 500 ? 'bad_request' : 'internal_error';
  // Their messages may quote the URL or the body, so only the title of the code goes out.
  return new AppError(CODE_OF_STATUS[status] ?? otherwise, { cause: thrown });
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (thrown instanceof URIError) return 400;
  if (!(thrown instanceof Error)) return undefined;
  // The shape of the http-errors package, which Express and its middleware throw.
  const { statusCode, expose } = thrown as Error & { statusCode?: unknown; expose?: unknown };
  return typeof statusCode === 'number' && typeof expose === 'boolean' ? statusCode : undefined;
}
