// The one guard before every route. It asks the three in their order: who is it, how much have they called,
// may they? One and not three, because Nest awaits each guard of each request.

import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessGuard } from '../common/auth/access.guard.js';
import { accessOf } from '../common/auth/access-of.js';
import { IdentifyGuard } from '../common/auth/identify.guard.js';
import { RATE_LIMIT_METADATA } from '../common/http/rate-limited.decorator.js';
import { RateLimitGuard } from '../infra/rate-limit/rate-limit.guard.js';

@Injectable()
export class RequestGuard implements CanActivate {
  /** Whether a route is open to everybody, and counts as nothing: health, for one. */
  private readonly openRoutes = new WeakMap<object, boolean>();

  constructor(
    private readonly reflector: Reflector,
    private readonly identify: IdentifyGuard,
    private readonly limits: RateLimitGuard,
    private readonly access: AccessGuard,
  ) {}

  /** @throws AppError as the three guards */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    return this.isOpen(context) || this.askAll(context);
  }

  private async askAll(context: ExecutionContext): Promise<boolean> {
    await this.identify.canActivate(context);
    await this.limits.canActivate(context);
    return this.access.canActivate(context);
  }

  private isOpen(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    const known = this.openRoutes.get(handler);
    if (known !== undefined) return known;
    const targets = [handler, context.getClass()];
    const open =
      accessOf(this.reflector, context)?.kind === 'public' &&
      this.reflector.getAllAndOverride<unknown>(RATE_LIMIT_METADATA, targets) === 'unlimited';
    this.openRoutes.set(handler, open);
    return open;
  }
}
