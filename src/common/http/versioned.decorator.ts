// `@Versioned()` on a method that answers with a single resource: gives the answer its ETag. Express then
// answers 304 when If-None-Match has it already.

import { applyDecorators, UseInterceptors, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';
import { etagOf } from './etag.js';

class EtagInterceptor implements NestInterceptor<unknown, unknown> {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((resource) => {
        if (typeof resource === 'object' && resource !== null) response.setHeader('ETag', etagOf(resource));
        return resource;
      }),
    );
  }
}

/** Sets the ETag of the resource that the method returns: its `version`, or a hash of it. */
export function Versioned(): MethodDecorator {
  return applyDecorators(UseInterceptors(EtagInterceptor));
}
