import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '../errors/app-error.js';
import { isFromThisMachine } from './loopback.js';

/** Lets in requests from this machine; to all others the route does not exist (not_found). */
@Injectable()
export class LoopbackGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (!isFromThisMachine(context.switchToHttp().getRequest<Request>())) throw new AppError('not_found');
    return true;
  }
}
