// Runs a whole handler once for each Idempotency-Key. For handlers whose request is a parsed body: one that reads
// a stream calls Idempotency.runOnce() itself, when it knows what the stream said.

import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../../common/auth/current-principal.decorator.js';
import { Idempotency, idempotencyKeyOf } from './idempotency.js';

@Injectable()
export class IdempotencyInterceptor implements NestInterceptor<unknown, unknown> {
  constructor(private readonly idempotency: Idempotency) {}

  /** @throws AppError validation_failed, idempotency_in_progress, idempotency_key_reused */
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (idempotencyKeyOf(request) === undefined) return next.handle();
    const response = context.switchToHttp().getResponse<Response>();
    const work = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    return from(this.idempotency.runOnce(request, response, contentOf(request), work));
  }
}

/** What the request says: its parsed body. */
function contentOf(request: AuthenticatedRequest): string {
  const body: unknown = request.body;
  return body === undefined ? '' : JSON.stringify(body);
}
