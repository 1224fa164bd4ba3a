// Idempotency-Key: the first request with a key runs, in one transaction with the answer that is kept for the
// others. Errors roll back and keep nothing, so a repeat after an error runs anew.

import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { AuthenticatedRequest } from '../../common/auth/current-principal.decorator.js';
import { AppError, invalidField } from '../../common/errors/app-error.js';
import { currentContext } from '../../common/request-context/request-context.js';
import { Database } from '../database/database.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { IdempotencySecrets } from './idempotency-secrets.js';

const KEY = /^[!-~]{1,255}$/;
const KEPT_HEADERS = ['Location', 'ETag'] as const;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As JSON text; null: the answer has no body. */
  readonly body: string | null;
}

@Injectable()
export class Idempotency {
  constructor(
    private readonly database: Database,
    private readonly keys: IdempotencyRepository,
    private readonly secrets: IdempotencySecrets,
  ) {}

  /**
   * Runs `work` in a transaction unless it was done for an equal request before; then gives the first answer to
   * `response` once more. A request without a key simply runs, and opens its transaction itself.
   * @param content what the request says: two requests with the same key and URL are equal if this is
   * @returns the body of the answer
   * @throws AppError validation_failed, idempotency_in_progress, idempotency_key_reused; what `work` throws
   */
  async runOnce<Body>(
    request: AuthenticatedRequest,
    response: Response,
    content: string,
    work: () => Promise<Body>,
  ): Promise<Body> {
    const key = idempotencyKeyOf(request);
    if (key === undefined) return work();
    return this.database.transaction(() => this.claimOrReplay(request, response, key, content, work));
  }

  private async claimOrReplay<Body>(
    request: AuthenticatedRequest,
    response: Response,
    key: string,
    content: string,
    work: () => Promise<Body>,
  ): Promise<Body> {
    const id = this.secrets.hash([callerOf(request), request.method, routeOf(request), key]);
    const fingerprint = this.secrets.hash([request.originalUrl, content]);
    const claim = await this.keys.claim(id, fingerprint, request.principal?.userId ?? null);
    if (claim.state === 'busy')
      throw new AppError('idempotency_in_progress', { headers: { 'Retry-After': '1' } });
    if (claim.state === 'stored') {
      if (!claim.fingerprint.equals(fingerprint)) throw new AppError('idempotency_key_reused');
      return this.replay(response, id, claim.answer) as Body;
    }
    const body = await work();
    await this.keys.store(id, this.secrets.seal(JSON.stringify(answerOf(response, body)), id));
    return body;
  }

  private replay(response: Response, id: Buffer, sealed: Buffer): unknown {
    const text = this.secrets.open(sealed, id);
    if (text === undefined) throw new AppError('idempotency_key_reused');
    const answer = JSON.parse(text) as Answer;
    response.status(answer.status);
    for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
    response.setHeader('Idempotent-Replayed', 'true');
    return answer.body === null ? undefined : (JSON.parse(answer.body) as unknown);
  }
}

/**
 * The Idempotency-Key of a request; undefined when it has none.
 * @throws AppError validation_failed when it is not 1 to 255 visible ASCII characters
 */
export function idempotencyKeyOf(request: AuthenticatedRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && KEY.test(key)) return key;
  throw invalidField('Idempotency-Key', 'has to be 1 to 255 visible ASCII characters');
}

function callerOf(request: AuthenticatedRequest): string {
  return request.principal?.userId ?? `anonymous ${currentContext()?.ip ?? ''}`;
}

function routeOf(request: AuthenticatedRequest): string {
  const path: unknown = (request.route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : request.path;
}

function answerOf(response: Response, body: unknown): Answer {
  const kept = KEPT_HEADERS.map((name) => [name, response.getHeader(name)] as const);
  const headers = Object.fromEntries(
    kept.filter((pair): pair is [(typeof KEPT_HEADERS)[number], string] => typeof pair[1] === 'string'),
  );
  return {
    status: response.statusCode,
    headers,
    body: body === undefined || body === null ? null : JSON.stringify(body),
  };
}
