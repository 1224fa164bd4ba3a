// Exchanges refresh tokens (RFC 9700 §4.14.2). Each is good once. Presented again within half a minute it gets
// the same successor, because two tabs of one browser do that; later it is taken for stolen, and since nobody
// can tell the thief from the owner, the session ends and the owner is told.

import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { Database } from '../../infra/database/database.js';
import { SecurityNotices } from '../../infra/notifications/security-notices.js';
import { UsersService } from '../users/users.service.js';
import { AccessTokens } from './access-tokens.js';
import { refuseClosedAccount } from './account-state.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RefreshTokensRepository, type HeldRefreshToken } from './refresh-tokens.repository.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import type { TokenPair } from './token-pair.js';

const GRACE_MS = 30_000;

@Injectable()
export class RefreshService {
  private readonly lifetimeSeconds: number;

  constructor(
    @Inject(CONFIG) config: ServiceConfig,
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly securityNotices: SecurityNotices,
    private readonly sessions: SessionsService,
    private readonly storedSessions: SessionsRepository,
    private readonly refreshTokens: RefreshTokens,
    private readonly storedTokens: RefreshTokensRepository,
    private readonly accessTokens: AccessTokens,
  ) {
    this.lifetimeSeconds = config.auth.refreshTokenSeconds;
  }

  /**
   * The successor pair of a refresh token.
   * @throws AppError refresh_token_invalid, refresh_token_expired, refresh_token_reused, session_revoked,
   *   account_inactive, account_deletion_pending
   */
  async refresh(token: string): Promise<TokenPair> {
    if (!this.refreshTokens.hasForm(token)) throw new AppError('refresh_token_invalid');
    const outcome = await this.database.transaction(() => this.exchange(token));
    if (outcome === 'reused') throw new AppError('refresh_token_reused');
    return outcome;
  }

  /** `reused` is no error here: what it leads to has to be committed. */
  private async exchange(token: string): Promise<TokenPair | 'reused'> {
    const tokenHash = this.refreshTokens.hashOf(token);
    const held = await this.storedTokens.hold(tokenHash);
    if (!held) throw new AppError('refresh_token_invalid');
    if (held.sessionRevoked) throw new AppError('session_revoked');
    if (held.usedForMs !== null && held.usedForMs > GRACE_MS) return this.endStolen(held);
    if (held.expired) throw new AppError('refresh_token_expired');
    const user = await this.users.get(held.userId);
    refuseClosedAccount(user);
    const successor = this.refreshTokens.successorOf(token);
    const issuedAt = held.usedAt ?? (await this.rotate(tokenHash, successor, held.sessionId));
    return this.accessTokens.pairFor(user, held.sessionId, successor, issuedAt);
  }

  private async rotate(tokenHash: Buffer, successor: string, sessionId: string): Promise<Date> {
    const usedAt = await this.storedTokens.spend(tokenHash);
    await this.storedTokens.insert(this.refreshTokens.hashOf(successor), sessionId, this.lifetimeSeconds);
    await this.storedSessions.prolong(sessionId, this.lifetimeSeconds);
    return usedAt;
  }

  private async endStolen({ userId, sessionId }: HeldRefreshToken): Promise<'reused'> {
    await this.sessions.revoke(userId, { only: sessionId });
    await this.securityNotices.send(userId, 'refresh_token_reused');
    return 'reused';
  }
}
