// Who may open a socket. Two doors: the HTTP handshake, which refuses foreign pages and too many connections
// from one address, and the CONNECT packet, which asks for a credential like any request.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Authenticator, Credential } from '../../common/auth/authenticator.js';
import { ACCESS_COOKIE, readCookie } from '../../common/auth/credentials.js';
import type { Principal } from '../../common/auth/principal.js';
import type { RequestSite } from '../../common/auth/request-site.js';
import { AppError } from '../../common/errors/app-error.js';
import { toAppError } from '../../common/errors/to-app-error.js';
import { newContext, runInContext } from '../../common/request-context/request-context.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { ErrorReporter } from '../logging/error-reporter.js';
import { refusal } from '../rate-limit/budget.js';
import { handshakeBudget } from '../rate-limit/policies.js';
import { RateLimitGuard } from '../rate-limit/rate-limit.guard.js';
import { RateLimiter } from '../rate-limit/rate-limiter.js';
import { presentedCredential } from './presented-credential.js';
import type { ServerSocket } from './socket-session.js';
import { SocketSessions } from './socket-sessions.js';

/** What makes Socket.IO send `connect_error` with `data`. */
type ConnectError = Error & { data?: { code: string } };

/** What features know of callers, given once the application is there. */
export interface Doorman {
  readonly authenticator: Authenticator;
  readonly site: RequestSite;
}

@Injectable()
export class Handshake {
  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig,
    private readonly limiter: RateLimiter,
    private readonly limits: RateLimitGuard,
    private readonly errors: ErrorReporter,
    private readonly sessions: SocketSessions,
  ) {}

  /** Lets `socket` in as its credential's user, or refuses it with `connect_error`. */
  async admit(doorman: Doorman, socket: ServerSocket, next: (error?: Error) => void): Promise<void> {
    const request = asRequest(socket.request);
    const address = addressOf(request);
    const userAgent = request.headers['user-agent'] ?? '';
    await runInContext(newContext(randomUUID(), address, userAgent), async () => {
      try {
        const { principal, credential } = await this.identify(doorman, socket, request);
        socket.data.identity = { principal, credential, address, userAgent };
        next();
      } catch (thrown) {
        const error = toAppError(thrown);
        this.errors.report(error, request, address);
        next(connectError(error));
      }
    });
  }

  private async identify(
    doorman: Doorman,
    socket: ServerSocket,
    request: Request,
  ): Promise<{ principal: Principal; credential: Credential }> {
    let principal: Principal | undefined;
    let refused: unknown;
    const credential = this.credentialOf(doorman, socket, request);
    try {
      if (credential instanceof AppError) throw credential;
      principal = await doorman.authenticator.authenticate(credential);
    } catch (error) {
      // Nobody can tell whose it is: that is no refusal, and not the address's fault.
      if (error instanceof AppError && error.code === 'service_unavailable') throw error;
      refused = error;
    }
    await this.charge(principal, request);
    if (!principal || credential instanceof AppError) throw refused;
    if (this.sessions.of(principal.userId).length >= this.config.sockets.perUser) {
      throw new AppError('too_many_sockets');
    }
    return { principal, credential };
  }

  private credentialOf({ site }: Doorman, socket: ServerSocket, request: Request): Credential | AppError {
    const { auth, query } = socket.handshake;
    const presented = presentedCredential(auth, query);
    if (presented) return presented;
    let cookie: string | undefined;
    try {
      cookie = readCookie(request.headers, ACCESS_COOKIE);
    } catch (error) {
      return toAppError(error);
    }
    // A cookie comes with whatever page the browser shows: only our own and allowed pages may use it.
    if (cookie === undefined || !site.isTrusted(request)) return new AppError('unauthorized');
    return { kind: 'cookie', value: cookie };
  }

  /** A handshake is a call like any other; a refused one counts for its address. */
  private async charge(principal: Principal | undefined, request: Request): Promise<void> {
    const caller = { ...(await this.limits.callerOf(request)), principal };
    const refused = refusal(await this.limiter.consume([handshakeBudget(caller, this.config.rateLimits)]));
    if (refused) throw new AppError('rate_limited', { extra: { policy: refused.policy } });
  }
}

/** Requests of the HTTP server have Express's prototype, whether Express has seen them or not. */
export function asRequest(request: IncomingMessage): Request {
  return request as Request;
}

/** The client's address, as far as TRUST_PROXY believes headers. */
export function addressOf(request: Request): string {
  return (request.ip ?? '').replace(/^::ffff:/, '');
}

function connectError(error: AppError): ConnectError {
  return Object.assign(new Error(error.detail), { data: { code: error.wireCode } });
}
