// Last of the guards: may this caller call this route? A route that declares nothing lets nobody in.

import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '../errors/app-error.js';
import type { Access, ApiKeyAccess } from './access.decorator.js';
import { accessOf } from './access-of.js';
import type { AuthenticatedRequest, AuthenticatedSocket } from './current-principal.decorator.js';
import type { Principal } from './principal.js';

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  /**
   * Lets in whom the identify guard found and the route's access allows.
   * @throws AppError unauthorized, forbidden, insufficient_scope, api_key_not_allowed, csrf_rejected, and
   *   those of findCredential() and Authenticator.authenticate()
   */
  canActivate(context: ExecutionContext): boolean {
    const access = accessOf(this.reflector, context);
    if (context.getType() !== 'http') return isSocketAllowed(access, context);
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (access?.kind === 'public') {
      if (isKeyAtSignIn(request)) throw new AppError('api_key_not_allowed');
      return true;
    }
    const { principal, credentialError } = request;
    if (credentialError !== undefined) throw credentialError;
    if (!principal && access?.kind === 'optional') return true;
    if (!principal) throw new AppError('unauthorized');
    if (!access) throw new AppError('forbidden');
    checkAccess(access, principal);
    return true;
  }
}

/** Sockets are authenticated when they connect: only signed-in users have one. */
function isSocketAllowed(access: Access | undefined, context: ExecutionContext): boolean {
  const { principal } = context.switchToWs().getClient<AuthenticatedSocket>().data;
  if (!principal) throw new AppError('unauthorized');
  if (!access || access.kind === 'public') throw new AppError('forbidden');
  checkAccess(access, principal);
  return true;
}

/** A script that sends its key to sign in or to reset a password is mistaken about what keys can do. */
function isKeyAtSignIn(request: AuthenticatedRequest): boolean {
  return request.headers['x-api-key'] !== undefined && request.path.startsWith('/api/v1/auth/');
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
