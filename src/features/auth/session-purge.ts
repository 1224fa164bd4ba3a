import { Injectable } from '@nestjs/common';
import { PurgeTask } from '../../infra/jobs/purge-task.decorator.js';
import { removeInBatches } from '../../infra/jobs/remove-in-batches.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SessionsRepository } from './sessions.repository.js';

const BATCH = 1_000;

/** Removes what nobody can use any more: sessions that are over and refresh tokens that have expired. */
@Injectable()
export class SessionPurge {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly refreshTokens: RefreshTokensRepository,
  ) {}

  /** Returns how many expired refresh tokens it removed. */
  @PurgeTask('refreshTokens')
  purgeRefreshTokens(signal: AbortSignal): Promise<number> {
    return removeInBatches(signal, () => this.refreshTokens.deleteExpired(BATCH));
  }

  /** Returns how many sessions it removed. */
  @PurgeTask('sessions')
  purgeSessions(signal: AbortSignal): Promise<number> {
    return removeInBatches(signal, () => this.sessions.deleteOver(BATCH));
  }
}
