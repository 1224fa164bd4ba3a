import { Global, Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { AccountLock } from './account-lock.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RateLimiter } from './rate-limiter.js';

/** Rate limits. The throttler brings the guard and the addresses; which budgets count is in policies.ts. */
@Global()
@Module({
  // The guard takes its limits from policies.ts; the throttler insists on having one of its own.
  imports: [ThrottlerModule.forRoot([{ ttl: 60_000, limit: 300 }])],
  providers: [RateLimiter, RateLimitGuard, AccountLock],
  exports: [RateLimiter, RateLimitGuard, AccountLock],
})
export class RateLimitModule {}
