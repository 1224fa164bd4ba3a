// For routes that set cookies without asking for a credential: another site must not be able to sign a
// visitor in (as the attacker, "login CSRF") or to spend their refresh cookie.

import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '../errors/app-error.js';
import { RequestSite } from './request-site.js';

@Injectable()
export class OwnSiteGuard implements CanActivate {
  constructor(private readonly site: RequestSite) {}

  /** @throws AppError csrf_rejected when a page of a foreign site makes the request */
  canActivate(context: ExecutionContext): boolean {
    if (this.site.isForeign(context.switchToHttp().getRequest<Request>()))
      throw new AppError('csrf_rejected');
    return true;
  }
}
