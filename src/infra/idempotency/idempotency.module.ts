import { Global, Module } from '@nestjs/common';
import { IdempotencyRepository } from './idempotency.repository.js';
import { IdempotencySecrets } from './idempotency-secrets.js';
import { Idempotency } from './idempotency.js';

/** Global, because the interceptor of @Idempotent() is made in the module of each controller that uses it. */
@Global()
@Module({
  providers: [Idempotency, IdempotencyRepository, IdempotencySecrets],
  exports: [Idempotency],
})
export class IdempotencyModule {}
