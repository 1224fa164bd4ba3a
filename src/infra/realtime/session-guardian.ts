// Ends sockets whose credential has ended: revoked, expired, or its user deactivated. The feed of access
// changes brings the news to every process within a second.

import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Authenticator, Credential } from '../../common/auth/authenticator.js';
import { AppError } from '../../common/errors/app-error.js';
import { ERRORS, type ErrorCode } from '../../contracts/errors.js';
import { AccessChanges } from '../access-changes/access-changes.js';
import type { AccessChange } from '../access-changes/access-change.js';
import type { SocketSession } from './socket-session.js';
import { SocketSessions } from './socket-sessions.js';

/** How often expiry is looked for, in milliseconds. */
const LOOK_EVERY_MS = 250;

@Injectable()
export class SessionGuardian implements OnModuleDestroy {
  private readonly logger = new Logger(SessionGuardian.name);
  private authenticator: Authenticator | undefined;
  private stopListening: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly accessChanges: AccessChanges,
    private readonly sessions: SocketSessions,
  ) {}

  /** Begins to watch over the sockets of this process. */
  start(authenticator: Authenticator): void {
    this.authenticator = authenticator;
    this.stopListening = this.accessChanges.onChange((change) => this.apply(change));
    this.timer = setInterval(() => this.cutExpired(), LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    this.stopListening?.();
    clearInterval(this.timer);
  }

  /** Cuts `session` when its credential ended after it was verified. */
  check(session: SocketSession): void {
    const { userId, sessionId, apiKeyId } = session.principal;
    const status = this.accessChanges.accessOf(userId)?.status;
    if (status === 'inactive') cut(session, 'credential_account_inactive');
    else if (status === 'closed') cut(session, 'session_revoked');
    else if (sessionId && this.accessChanges.isSessionRevoked(sessionId)) cut(session, 'session_revoked');
    else if (apiKeyId && this.accessChanges.isApiKeyRevoked(apiKeyId)) cut(session, 'api_key_revoked');
  }

  /**
   * Lets `session` live on with another access token of the same user.
   * @throws AppError as of Authenticator.authenticate(); forbidden for another user's. Then nothing changes.
   */
  async renew(session: SocketSession, token: string): Promise<void> {
    if (!this.authenticator) throw new AppError('service_unavailable');
    const credential: Credential = { kind: 'bearer', value: token };
    const principal = await this.authenticator.authenticate(credential);
    if (principal.userId !== session.userId) {
      throw new AppError('forbidden', { detail: 'The access token belongs to another user.' });
    }
    session.become(principal, credential);
    this.check(session);
  }

  private apply(change: AccessChange): void {
    for (const session of this.sessions.of(change.userId)) {
      const { principal } = session;
      if (change.kind === 'session_revoked') {
        if (principal.sessionId === change.subjectId) cut(session, 'session_revoked');
      } else if (change.kind === 'api_key_revoked') {
        if (principal.apiKeyId === change.subjectId) cut(session, 'api_key_revoked');
      } else if (change.kind === 'api_key_changed') {
        if (principal.apiKeyId === change.subjectId) void this.verifyAgain(session);
      } else if (change.access.status === 'active') {
        const { role, tier } = change.access;
        session.become({ ...principal, role, tier }, session.credential);
      } else this.check(session);
    }
  }

  /** The key has other scopes or another end now. */
  private async verifyAgain(session: SocketSession): Promise<void> {
    const { credential } = session;
    try {
      const principal = await this.authenticator?.authenticate(credential);
      if (principal) session.become(principal, credential);
    } catch (error) {
      // What cannot be verified is not believed, whatever the reason.
      const code = error instanceof AppError ? error.code : 'service_unavailable';
      this.logger.debug({ code }, 'the key of a socket does not hold any more');
      cut(session, code);
    }
  }

  private cutExpired(): void {
    const now = this.accessChanges.now();
    for (const session of this.sessions.all()) {
      const { expiresAt, kind } = session.principal;
      if (expiresAt && expiresAt.getTime() <= now) {
        cut(session, kind === 'api_key' ? 'api_key_expired' : 'token_expired');
      }
    }
  }
}

function cut(session: SocketSession, code: ErrorCode): void {
  const { code: wireCode = code, title } = { code: undefined, ...ERRORS[code] };
  session.cut(wireCode, title);
}
