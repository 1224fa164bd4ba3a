// All SQL about one-time tokens.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import type { OneTimeTokenEntity, OneTimeTokenPurpose } from './one-time-token.entity.js';

type NewToken = Pick<OneTimeTokenEntity, 'id' | 'userId' | 'purpose' | 'tokenHash' | 'data'>;
export type SpentToken = Pick<OneTimeTokenEntity, 'userId' | 'data'>;

@Injectable()
export class OneTimeTokensRepository {
  constructor(private readonly database: Database) {}

  async insert(token: NewToken, lifetimeSeconds: number): Promise<void> {
    await this.database.query(
      `INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, data, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`,
      [token.id, token.userId, token.purpose, token.tokenHash, token.data, lifetimeSeconds],
    );
  }

  /** Marks a token that is still good as used; undefined when there is none. */
  async spend(purpose: OneTimeTokenPurpose, tokenHash: Buffer): Promise<SpentToken | undefined> {
    const [row] = await this.database.query<SpentToken>(
      `UPDATE one_time_tokens SET used_at = now()
       WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now()
       RETURNING user_id AS "userId", data`,
      [tokenHash, purpose],
    );
    return row;
  }

  /** A token that is still good, by its hash; it stays so. */
  async isGood(purpose: OneTimeTokenPurpose, tokenHash: Buffer): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM one_time_tokens
       WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now()`,
      [tokenHash, purpose],
    );
    return rows.length > 0;
  }

  /** A token that is still good, by its id. */
  async findGood(id: string): Promise<SpentToken | undefined> {
    const [row] = await this.database.query<SpentToken>(
      `SELECT user_id AS "userId", data FROM one_time_tokens
       WHERE id = $1 AND used_at IS NULL AND expires_at > now()`,
      [id],
    );
    return row;
  }

  /** Deletes the tokens of a user that nobody has used yet. */
  async deleteUnused(userId: string, purposes: readonly OneTimeTokenPurpose[]): Promise<void> {
    await this.database.query(
      'DELETE FROM one_time_tokens WHERE user_id = $1 AND purpose = ANY($2) AND used_at IS NULL',
      [userId, purposes],
    );
  }

  /** Deletes tokens that have expired; returns how many. */
  async deleteExpired(): Promise<number> {
    const rows = await this.database.query(
      'DELETE FROM one_time_tokens WHERE expires_at < now() RETURNING id',
    );
    return rows.length;
  }
}
