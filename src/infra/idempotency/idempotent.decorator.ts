import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

/**
 * Honours the Idempotency-Key of a POST that creates something: the first answer again for the same request.
 * The method runs in one transaction with the stored answer, so what it does outside of the database belongs
 * into Database.afterCommit(). The content of the request is its parsed body.
 */
export function Idempotent(): MethodDecorator {
  return applyDecorators(UseInterceptors(IdempotencyInterceptor), TakesIdempotencyKey());
}

/** Documents the Idempotency-Key of a method that reads a stream and calls Idempotency.runOnce() itself. */
export function TakesIdempotencyKey(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Repeats with the same key and body get the first answer again, for 24 hours.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    }),
  );
}
