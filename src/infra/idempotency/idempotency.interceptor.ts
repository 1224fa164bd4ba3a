// Idempotency-Key: the first request with a key runs, in one transaction with the answer that is kept for the
// others. Errors roll back and keep nothing, so a repeat after an error runs anew.

import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
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
export class IdempotencyInterceptor implements NestInterceptor<unknown, unknown> {
  constructor(
    private readonly database: Database,
    private readonly keys: IdempotencyRepository,
    private readonly secrets: IdempotencySecrets,
  ) {}

  /** @throws AppError validation_failed, idempotency_in_progress, idempotency_key_reused */
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return next.handle();
    if (typeof key !== 'string' || !KEY.test(key)) {
      throw invalidField('Idempotency-Key', 'has to be 1 to 255 visible ASCII characters');
    }
    const response = context.switchToHttp().getResponse<Response>();
    return from(this.database.transaction(() => this.runOnce(request, response, key, next)));
  }

  private async runOnce(
    request: AuthenticatedRequest,
    response: Response,
    key: string,
    next: CallHandler<unknown>,
  ): Promise<unknown> {
    const id = this.secrets.hash([callerOf(request), request.method, routeOf(request), key]);
    const fingerprint = this.secrets.hash([request.originalUrl, contentOf(request)]);
    const claim = await this.keys.claim(id, fingerprint, request.principal?.userId ?? null);
    if (claim.state === 'busy')
      throw new AppError('idempotency_in_progress', { headers: { 'Retry-After': '1' } });
    if (claim.state === 'stored') {
      if (!claim.fingerprint.equals(fingerprint)) throw new AppError('idempotency_key_reused');
      return this.replay(response, id, claim.answer);
    }
    const body = await lastValueFrom(next.handle(), { defaultValue: undefined });
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

function callerOf(request: AuthenticatedRequest): string {
  return request.principal?.userId ?? `anonymous ${currentContext()?.ip ?? ''}`;
}

function routeOf(request: AuthenticatedRequest): string {
  const path: unknown = (request.route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : request.path;
}

/** What the request says: its parsed body or, where the handler reads it as a stream, its announced form. */
function contentOf(request: AuthenticatedRequest): string {
  const body: unknown = request.body;
  if (body !== undefined) return JSON.stringify(body);
  return request.headers['content-length'] ?? '';
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
