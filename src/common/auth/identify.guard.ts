// First of the guards: who is calling? It refuses nobody yet, so that calls with a bad credential are
// counted by the rate limits before the access guard refuses them.

import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '../errors/app-error.js';
import { currentContext } from '../request-context/request-context.js';
import { accessOf } from './access-of.js';
import { AUTHENTICATOR, type Authenticator } from './authenticator.js';
import { findCredential } from './credentials.js';
import type { AuthenticatedRequest } from './current-principal.decorator.js';
import { isSafeMethod, RequestSite } from './request-site.js';

@Injectable()
export class IdentifyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    private readonly site: RequestSite,
  ) {}

  /** Leaves the caller in `request.principal`, or what is wrong in `request.credentialError`. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    // A stale cookie must not keep anybody from signing in: public routes look at no credential.
    if (accessOf(this.reflector, context)?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    try {
      await this.identify(request);
    } catch (error) {
      request.credentialError =
        error instanceof Error ? error : new AppError('internal_error', { cause: error });
    }
    return true;
  }

  private async identify(request: AuthenticatedRequest): Promise<void> {
    const credential = findCredential(request);
    if (!credential) return;
    const principal = await this.authenticator.authenticate(credential);
    const current = currentContext();
    if (current) current.userId = principal.userId;
    request.principal = principal;
    if (credential.kind === 'cookie' && !isSafeMethod(request.method) && !this.site.isTrusted(request)) {
      throw new AppError('csrf_rejected');
    }
  }
}
