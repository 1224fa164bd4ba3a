// An error as clients see it: a problem document (RFC 9457) with its status and headers.

import type { AppError } from './app-error.js';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The document as JSON text. */
  readonly text: string;
}

/** The problem document of `error` for the request `requestId`. */
export function problemOf(error: AppError, requestId: string): Problem {
  const code = error.wireCode;
  const document = {
    type: `urn:milepost:problem:${code}`,
    title: error.title,
    status: error.status,
    detail: error.detail,
    code,
    requestId,
    ...(error.options.errors && { errors: error.options.errors }),
    ...error.options.extra,
  };
  return { status: error.status, headers: headersOf(error), text: JSON.stringify(document) };
}

function headersOf(error: AppError): Record<string, string> {
  return {
    'Content-Type': PROBLEM_CONTENT_TYPE,
    'Cache-Control': 'no-store',
    ...(error.status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    ...(error.status === 503 && { 'Retry-After': '1' }),
    ...error.options.headers,
  };
}
