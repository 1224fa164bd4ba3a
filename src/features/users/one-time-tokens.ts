// Tokens in mailed links. The plain token is made from the row's id with a key of this installation, so it
// is stored nowhere: a mail job carries the id, and whoever reads the database learns no token from it.

import { createHash, createHmac, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { deriveKey } from '../../common/auth/derived-key.js';
import { AppError } from '../../common/errors/app-error.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { PurgeTask } from '../../infra/jobs/purge-task.decorator.js';
import type { OneTimeTokenPurpose } from './one-time-token.entity.js';
import { OneTimeTokensRepository, type SpentToken } from './one-time-tokens.repository.js';

@Injectable()
export class OneTimeTokens {
  private readonly key: KeyObject;

  constructor(
    @Inject(CONFIG) config: ServiceConfig,
    private readonly repository: OneTimeTokensRepository,
  ) {
    this.key = deriveKey(config.auth.jwtSecret, 'one-time tokens');
  }

  /**
   * Makes a token for one purpose of one user, in the open transaction if there is one.
   * @param data what it is about, handed back by consume()
   */
  async create(
    userId: string,
    purpose: OneTimeTokenPurpose,
    lifetimeSeconds: number,
    data: Record<string, string> | null = null,
  ): Promise<{ id: string }> {
    const id = uuidv7();
    const tokenHash = hashOf(this.plainToken(id));
    await this.repository.insert({ id, userId, purpose, tokenHash, data }, lifetimeSeconds);
    return { id };
  }

  /** The token that belongs into the link; 43 characters that need no escaping in a URL. */
  plainToken(id: string): string {
    return createHmac('sha256', this.key).update(id).digest('base64url');
  }

  /**
   * Uses a token up.
   * @throws AppError one_time_token_invalid when it is unknown, used, expired or for another purpose
   */
  async consume(purpose: OneTimeTokenPurpose, token: string): Promise<SpentToken> {
    const spent = await this.repository.spend(purpose, hashOf(token));
    if (!spent) throw new AppError('one_time_token_invalid');
    return spent;
  }

  /**
   * Looks whether consume() would take a token, before work that only a good one is worth.
   * @throws AppError one_time_token_invalid
   */
  async check(purpose: OneTimeTokenPurpose, token: string): Promise<void> {
    if (!(await this.repository.isGood(purpose, hashOf(token)))) throw new AppError('one_time_token_invalid');
  }

  /** What a token is about that can still be used; undefined when it cannot. */
  findGood(id: string): Promise<SpentToken | undefined> {
    return this.repository.findGood(id);
  }

  /** Makes unused tokens of a user void. Hold the user's row, or a token may be made at the same time. */
  revoke(userId: string, purposes: readonly OneTimeTokenPurpose[]): Promise<void> {
    return this.repository.deleteUnused(userId, purposes);
  }

  /** Returns how many expired tokens it removed. */
  @PurgeTask('oneTimeTokens')
  purge(): Promise<number> {
    return this.repository.deleteExpired();
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
