// The first middleware of every request: its id and context, what its answer may be cached for, and the news
// of its end. It runs for each request, so everything in it is cheap.

import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { AppError } from '../errors/app-error.js';
import { newContext, runInContext, type RequestContext } from '../request-context/request-context.js';

export interface RequestContextOptions {
  /** False: the address of the connection is the client's, whatever headers say. */
  readonly behindProxy: boolean;
  /** Called once the answer has left or the client has. `startedAt` as of performance.now(). */
  readonly onEnd: (request: Request, response: Response, context: RequestContext, startedAt: number) => void;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const MAPPED_IPV4 = '::ffff:';
const API = '/api/v1/';
const NEVER_STORED = /^\/api\/v1\/(?:auth|users|api-keys)(?:[/?]|$)/i;

/** Runs the rest of the request in a context of its own. */
export function requestContext(options: RequestContextOptions) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    const context = newContext(
      requestId,
      clientAddress(request, options),
      request.headers['user-agent'] ?? '',
    );
    response.setHeader('X-Request-Id', requestId);
    if (request.url.startsWith(API) && !NEVER_STORED.test(request.url)) {
      // Answers that need a credential: the browser may keep them, but asks before each use.
      response.setHeader('Cache-Control', 'private, no-cache');
    }
    response.on('close', () => options.onEnd(request, response, context, startedAt));
    const malformed = hasOneHost(request) ? undefined : new AppError('bad_request');
    // Whoever stands before us may see other requests in the bytes that follow: no more of them is read.
    if (malformed) response.setHeader('Connection', 'close');
    runInContext(context, () => next(malformed));
  };
}

/** The client's address, as far as TRUST_PROXY believes headers; IPv4 in its own form. */
function clientAddress(request: Request, options: RequestContextOptions): string {
  const address = (options.behindProxy ? request.ip : request.socket.remoteAddress) ?? '';
  return address.startsWith(MAPPED_IPV4) ? address.slice(MAPPED_IPV4.length) : address;
}

/** Node keeps the first of two Host headers; proxies in front may keep the other one. */
function hasOneHost(request: Request): boolean {
  let hosts = 0;
  const { rawHeaders } = request;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1 || (hosts === 0 && request.httpVersion === '1.0');
}
