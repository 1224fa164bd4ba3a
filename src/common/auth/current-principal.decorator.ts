import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Principal } from './principal.js';

export interface AuthenticatedRequest extends Request {
  /** The verified caller. */
  principal?: Principal;
  /** Why the credential of the request was refused; the access guard throws it. */
  credentialError?: Error;
}

/** What the access guard knows of a socket. */
export interface AuthenticatedSocket {
  readonly data: { readonly principal?: Principal };
}

/** Hands the verified caller to a controller or gateway method; undefined on public routes. */
export const CurrentPrincipal = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Principal | undefined =>
    context.getType() === 'ws'
      ? context.switchToWs().getClient<AuthenticatedSocket>().data.principal
      : context.switchToHttp().getRequest<AuthenticatedRequest>().principal,
);
