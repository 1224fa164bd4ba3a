// First of the guards: who is calling? It refuses nobody for a bad credential yet, so that such calls are
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

  /**
   * Leaves the caller in `request.principal`, or what is wrong in `request.credentialError`.
   * @throws AppError service_unavailable when nobody can tell whose credential it is: such a call is no
   *   stranger's, and counting it as one would answer 429 while the database is away
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    // A stale cookie must not keep anybody from signing in: public routes look at no credential.
    if (accessOf(this.reflector, context)?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    try {
      await this.identify(request);
    } catch (error) {
      if (error instanceof AppError && error.code === 'service_unavailable') throw error;
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
