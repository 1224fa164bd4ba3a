// One structured line for everything that looks like an attack or a mistake at the door, for whoever watches.

import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Logger } from 'pino';
import { currentContext } from '../../common/request-context/request-context.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import type { ErrorCode } from '../../contracts/errors.js';
import { redactPath } from './redaction.js';
import { ROOT_LOGGER } from './root-logger.js';

export type SecurityEvent =
  | 'login_failed'
  | 'revoked_credential_used'
  | 'refresh_token_reused'
  | 'unauthorized'
  | 'csrf_rejected'
  | 'forbidden'
  | 'wrong_password'
  | 'rate_limited'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'malformed_request';

const EVENT_OF_CODE: Partial<Record<ErrorCode, SecurityEvent>> = {
  invalid_credentials: 'login_failed',
  invalid_grant: 'login_failed',
  account_inactive: 'login_failed',
  session_revoked: 'revoked_credential_used',
  api_key_revoked: 'revoked_credential_used',
  refresh_token_reused: 'refresh_token_reused',
  csrf_rejected: 'csrf_rejected',
  wrong_password: 'wrong_password',
  invalid_content_length: 'malformed_request',
  bad_request: 'malformed_request',
  headers_too_large: 'malformed_request',
};

const EVENT_OF_STATUS: Readonly<Record<number, SecurityEvent>> = {
  401: 'unauthorized',
  403: 'forbidden',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
};

/** The event that an error is worth, if any. */
export function securityEventOf(code: ErrorCode, status: number): SecurityEvent | undefined {
  return EVENT_OF_CODE[code] ?? EVENT_OF_STATUS[status];
}

@Injectable()
export class SecurityEvents {
  constructor(
    @Inject(ROOT_LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: ServiceConfig,
  ) {}

  /**
   * Writes one line, unless ENABLE_SECURITY_EVENT_LOGGING is off.
   * @param request undefined when Node's parser refused it before it became one; then `ip` says whose it was
   */
  record(event: SecurityEvent, code: string, request: Request | undefined, ip?: string): void {
    if (!this.config.logging.securityEvents) return;
    const context = currentContext();
    const size = Number(request?.headers['content-length']);
    this.logger.warn(
      {
        event,
        code,
        ip: context?.ip ?? ip ?? '',
        userAgent: context?.userAgent ?? '',
        method: request?.method ?? null,
        path: pathOf(request),
        contentType: request?.headers['content-type'] ?? null,
        size: Number.isSafeInteger(size) ? size : null,
        userId: context?.userId ?? null,
      },
      'security event',
    );
  }
}

/** Without what may be a token. Express leaves `originalUrl` on what it has seen only. */
function pathOf(request: Partial<Pick<Request, 'originalUrl' | 'url'>> | undefined): string | null {
  const url = request?.originalUrl ?? request?.url;
  return url === undefined ? null : redactPath(url);
}
