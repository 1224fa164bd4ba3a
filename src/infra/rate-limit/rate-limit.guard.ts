// Charges each request to its budgets, before anything costly happens, and says in the headers what is left.

import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { getOptionsToken, ThrottlerGuard, type ThrottlerModuleOptions } from '@nestjs/throttler';
import type { Response } from 'express';
import type { AuthenticatedRequest } from '../../common/auth/current-principal.decorator.js';
import { AppError } from '../../common/errors/app-error.js';
import { RATE_LIMIT_METADATA, type RateLimitKind } from '../../common/http/rate-limited.decorator.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { refusal, tightest, type BudgetState } from './budget.js';
import { allBudgetsOf, budgetsOf, type Caller } from './policies.js';
import { RateLimiter } from './rate-limiter.js';

@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    // Named, because the base class names its own storage for this place.
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
    reflector: Reflector,
    @Inject(CONFIG) private readonly config: ServiceConfig,
  ) {
    super(options, limiter, reflector);
  }

  /** @throws AppError rate_limited, with the policy that refuses and the seconds to wait */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const kind = this.reflector.getAllAndOverride<RateLimitKind | undefined>(RATE_LIMIT_METADATA, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (kind === 'unlimited') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const budgets = budgetsOf(await this.callerOf(request), kind, this.config.rateLimits);
    const states = await this.limiter.consume(budgets);
    const headers = limitHeaders(states);
    context.switchToHttp().getResponse<Response>().set(headers);
    const refused = refusal(states);
    if (refused) throw tooMany(refused, headers);
    return true;
  }

  /** The caller's budgets as they stand, charging nothing. */
  async overview(request: AuthenticatedRequest): Promise<BudgetState[]> {
    return this.limiter.peek(allBudgetsOf(await this.callerOf(request), this.config.rateLimits));
  }

  /** Who makes `request`, for the limits. */
  async callerOf(request: AuthenticatedRequest): Promise<Caller> {
    return { principal: request.principal, address: await this.getTracker(request) };
  }
}

function limitHeaders(states: readonly BudgetState[]): Record<string, string> {
  const state = refusal(states) ?? tightest(states);
  if (!state) return {};
  return {
    'RateLimit-Limit': String(state.limit),
    'RateLimit-Remaining': String(state.remaining),
    'RateLimit-Reset': String(Math.ceil(state.resetMs / 1000)),
  };
}

function tooMany({ policy, retryMs }: BudgetState, headers: Record<string, string>): AppError {
  const seconds = Math.ceil(retryMs / 1000);
  return new AppError('rate_limited', {
    detail: `Too many requests. Try again in ${seconds} s.`,
    extra: { policy: policy === 'metered_day' ? 'metered' : policy },
    headers: { ...headers, 'Retry-After': String(seconds) },
  });
}
