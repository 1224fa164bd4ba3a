import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { ACCESS_METADATA, type Access } from './access.decorator.js';

/** What the route of `context` declares about its access; undefined when it declares nothing. */
export function accessOf(reflector: Reflector, context: ExecutionContext): Access | undefined {
  return reflector.getAllAndOverride<Access | undefined>(ACCESS_METADATA, [
    context.getHandler(),
    context.getClass(),
  ]);
}
