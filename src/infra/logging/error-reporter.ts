// What is written down when a request ends with an error: our own failures with their stack, and what looks
// like an attack as a security event.

import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Logger } from 'pino';
import type { AppError } from '../../common/errors/app-error.js';
import { ROOT_LOGGER } from './root-logger.js';
import { SecurityEvents, securityEventOf } from './security-events.js';

@Injectable()
export class ErrorReporter {
  constructor(
    @Inject(ROOT_LOGGER) private readonly logger: Logger,
    private readonly securityEvents: SecurityEvents,
  ) {}

  /** Writes down what `error` is worth. `ip` stands in where there is no request. */
  report(error: AppError, request: Request | undefined, ip?: string): void {
    if (error.status >= 500) this.reportFailure(error);
    const event = securityEventOf(error.code, error.status);
    if (event) this.securityEvents.record(event, error.wireCode, request, ip);
  }

  private reportFailure(error: AppError): void {
    const err = error.cause instanceof Error ? error.cause : error;
    if (error.code === 'internal_error') this.logger.error({ err }, 'a request failed');
    else this.logger.warn({ err, code: error.code }, 'a request was turned away');
  }
}
