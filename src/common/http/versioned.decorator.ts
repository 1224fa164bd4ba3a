// `@Versioned()` on a method that answers with a single resource: gives the answer its ETag. Express then
// answers 304 when If-None-Match has it already.

import {
  applyDecorators,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';
import { etagOf } from './etag.js';

/** What makes another version of a resource. */
export type VersionOf = (resource: never) => object;

class EtagInterceptor implements NestInterceptor<unknown, unknown> {
  constructor(private readonly versionOf: VersionOf | undefined) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((resource) => {
        if (typeof resource === 'object' && resource !== null)
          response.setHeader('ETag', this.tagOf(resource));
        return resource;
      }),
    );
  }

  private tagOf(resource: object): string {
    return this.versionOf ? `W/${etagOf(this.versionOf(resource as never))}` : etagOf(resource);
  }
}

/**
 * Sets the ETag of the resource that the method returns: its `version`, or a hash of it.
 * @param versionOf what of it makes another version, if the rest may change without anybody having edited it;
 *   the tag is a weak one then. Pass the same to requireMatch().
 */
export function Versioned(versionOf?: VersionOf): MethodDecorator {
  return applyDecorators(UseInterceptors(new EtagInterceptor(versionOf)));
}
