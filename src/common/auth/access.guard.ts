// Stands before every route: who is calling, and may they? A route that declares nothing lets nobody in.

import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '../errors/app-error.js';
import { currentContext } from '../request-context/request-context.js';
import { ACCESS_METADATA, type Access, type ApiKeyAccess } from './access.decorator.js';
import { AUTHENTICATOR, type Authenticator } from './authenticator.js';
import { findCredential } from './credentials.js';
import type { AuthenticatedRequest } from './current-principal.decorator.js';
import type { Principal } from './principal.js';
import { isSafeMethod, RequestSite } from './request-site.js';

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    private readonly site: RequestSite,
  ) {}

  /**
   * Leaves the caller in `request.principal`.
   * @throws AppError unauthorized, csrf_rejected, forbidden, insufficient_scope, api_key_not_allowed, and
   *   those of findCredential() and Authenticator.authenticate()
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const access = this.accessOf(context);
    if (access?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const principal = await this.identify(request);
    if (!access) throw new AppError('forbidden');
    checkAccess(access, principal);
    request.principal = principal;
    return true;
  }

  private accessOf(context: ExecutionContext): Access | undefined {
    return this.reflector.getAllAndOverride<Access | undefined>(ACCESS_METADATA, [
      context.getHandler(),
      context.getClass(),
    ]);
  }

  private async identify(request: AuthenticatedRequest): Promise<Principal> {
    const credential = findCredential(request.headers);
    if (!credential) throw new AppError('unauthorized');
    const principal = await this.authenticator.authenticate(credential);
    const current = currentContext();
    if (current) current.userId = principal.userId;
    if (credential.kind === 'cookie' && !isSafeMethod(request.method) && !this.site.isTrusted(request)) {
      throw new AppError('csrf_rejected');
    }
    return principal;
  }
}

function checkAccess(access: Exclude<Access, { kind: 'public' }>, principal: Principal): void {
  if (principal.kind === 'api_key') checkApiKey(access.apiKey, principal);
  if (access.kind === 'admin' && principal.role !== 'admin') throw new AppError('forbidden');
}

function checkApiKey(access: ApiKeyAccess, principal: Principal): void {
  if (access === 'any') return;
  if (access === 'never') throw new AppError('api_key_not_allowed');
  if (principal.scopes?.has(access.scope)) return;
  throw new AppError('insufficient_scope', { detail: `The API key lacks the scope ${access.scope}.` });
}
