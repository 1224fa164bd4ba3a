// The life of a session: opened by a sign-in, kept alive by refresh tokens, ended for every process at once.

import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import { currentContext } from '../../common/request-context/request-context.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { sessionRevoked } from '../../infra/access-changes/access-change.js';
import { AccessChanges } from '../../infra/access-changes/access-changes.js';
import { Database } from '../../infra/database/database.js';
import { Counts } from '../../infra/statistics/counts.decorator.js';
import type { UserEntity } from '../users/user.entity.js';
import { AccessTokens } from './access-tokens.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import type { ListSessionsRequest, SessionResponse } from './sessions.dto.js';
import { toSessionResponse } from './sessions.dto.js';
import { SessionsRepository, type SessionChoice } from './sessions.repository.js';
import type { TokenPair } from './token-pair.js';

const MAX_USER_AGENT_LENGTH = 512;
const ORDER = 'newest';
const positionSchema = z.tuple([z.uuid()]);

@Injectable()
export class SessionsService {
  private readonly lifetimeSeconds: number;

  constructor(
    @Inject(CONFIG) config: ServiceConfig,
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly refreshTokens: RefreshTokens,
    private readonly storedTokens: RefreshTokensRepository,
    private readonly accessTokens: AccessTokens,
    private readonly accessChanges: AccessChanges,
  ) {
    this.lifetimeSeconds = config.auth.refreshTokenSeconds;
  }

  /** Opens a session of `user` for the client of the current request, in the open transaction. */
  async open(user: UserEntity): Promise<TokenPair> {
    const context = currentContext();
    const session = await this.sessions.insert(
      {
        id: uuidv7(),
        userId: user.id,
        ip: context?.ip ?? '',
        userAgent: (context?.userAgent ?? '').slice(0, MAX_USER_AGENT_LENGTH),
      },
      this.lifetimeSeconds,
    );
    const token = this.refreshTokens.first();
    await this.storedTokens.insert(this.refreshTokens.hashOf(token), session.id, this.lifetimeSeconds);
    return this.accessTokens.pairFor(user, session.id, token, session.createdAt);
  }

  /** The caller's open sessions, newest first. */
  async list(principal: Principal, { limit, cursor }: ListSessionsRequest): Promise<Page<SessionResponse>> {
    const position = readCursor(cursor, ORDER, positionSchema);
    const rows = await this.sessions.list(principal.userId, limit + 1, position?.[0]);
    return toPage(
      rows,
      limit,
      ORDER,
      (session) => [session.id],
      (session) => toSessionResponse(session, session.id === principal.sessionId),
    );
  }

  /** How many sessions are open. */
  @Counts('activeSessions')
  countOpen(): Promise<number> {
    return this.sessions.countOpen();
  }

  /** @throws AppError session_not_found when it is over, or somebody else's */
  async end(userId: string, sessionId: string): Promise<void> {
    const ended = await this.revoke(userId, { only: sessionId });
    if (ended === 0) throw new AppError('session_not_found');
  }

  /**
   * Ends sessions of a user; their access tokens are refused by every process within a second.
   * @returns how many were open
   */
  revoke(userId: string, choice: SessionChoice): Promise<number> {
    return this.database.transaction(async () => {
      const ids = await this.sessions.revoke(userId, choice);
      await this.accessChanges.record(...ids.map((id) => sessionRevoked(userId, id)));
      return ids.length;
    });
  }
}
