import { Global, Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { AccountLock } from './account-lock.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RateLimiter } from './rate-limiter.js';

/** Rate limits. The throttler brings the guard and the addresses; which budgets count is in policies.ts. */
@Global()
@Module({
  imports: [ThrottlerModule.forRoot({ throttlers: [], setHeaders: false })],
  providers: [RateLimiter, RateLimitGuard, AccountLock],
  exports: [RateLimiter, RateLimitGuard, AccountLock],
})
export class RateLimitModule {}
