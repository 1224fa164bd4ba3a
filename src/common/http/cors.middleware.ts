// Which web pages of other origins may call the API, and with the user's cookies. Only listed origins; every
// other page gets answers that its browser does not show it.

import type { NextFunction, Request, Response } from 'express';

const PREFLIGHT_SECONDS = '600';
const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const EXPOSED_HEADERS = [
  'ETag',
  'Location',
  'Retry-After',
  'X-Request-Id',
  'X-Cache',
  'Idempotent-Replayed',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  // What a page needs of the tus protocol.
  'Tus-Resumable',
  'Tus-Version',
  'Tus-Extension',
  'Tus-Max-Size',
  'Tus-Checksum-Algorithm',
  'Upload-Offset',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Expires',
  'Upload-File-Id',
].join(', ');

/** Answers preflights and marks answers for the listed origins, such as `https://app.example.com`. */
export function cors(origins: readonly string[]) {
  const listed = new Set(origins);
  return (request: Request, response: Response, next: NextFunction): void => {
    if (listed.size > 0) response.setHeader('Vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined) {
      next();
      return;
    }
    if (listed.has(origin)) allow(response, origin);
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method']) {
      answerPreflight(request, response, listed.has(origin));
    } else {
      next();
    }
  };
}

function allow(response: Response, origin: string): void {
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
}

function answerPreflight(request: Request, response: Response, allowed: boolean): void {
  if (allowed) {
    response.setHeader('Access-Control-Allow-Methods', ALLOWED_METHODS);
    response.setHeader('Access-Control-Max-Age', PREFLIGHT_SECONDS);
    const headers = request.headers['access-control-request-headers'];
    if (headers) response.setHeader('Access-Control-Allow-Headers', headers);
  }
  response.statusCode = 204;
  response.end();
}
