// One line per request, without its query string and whatever else may be a token.

import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import type { RequestContext } from '../../common/request-context/request-context.js';
import { redactPath } from './redaction.js';
import { ROOT_LOGGER } from './root-logger.js';

/** Asked every second by whatever watches the process; its lines would drown the others. */
const SILENT_ROUTE = '/health/live';

/** The pattern of the route that took the request, such as `/api/v1/tasks/:id`; undefined for none. */
export function routeOf(request: Request): string | undefined {
  const path: unknown = (request.route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : undefined;
}

@Injectable()
export class AccessLog {
  private readonly detailed: boolean;

  constructor(@Inject(ROOT_LOGGER) private readonly logger: Logger) {
    this.detailed = logger.isLevelEnabled('debug');
  }

  /** Writes the line of a request that is over. `durationMs` is in milliseconds. */
  write(request: Request, response: Response, context: RequestContext, durationMs: number): void {
    const route = routeOf(request);
    if (route === SILENT_ROUTE || !this.logger.isLevelEnabled('info')) return;
    const bytes = Number(response.getHeader('Content-Length'));
    this.logger.info(
      {
        requestId: context.requestId,
        method: request.method,
        path: route ?? redactPath(request.originalUrl),
        status: response.statusCode,
        durationMs: Math.round(durationMs * 10) / 10,
        bytes: Number.isSafeInteger(bytes) ? bytes : null,
        userId: context.userId ?? null,
        ip: context.ip,
        ...(!response.writableFinished && { aborted: true }),
        ...(this.detailed && { sql: context.sqlStatements, redis: context.redisRoundTrips }),
      },
      'request',
    );
  }
}
