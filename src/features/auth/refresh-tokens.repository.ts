// All SQL about refresh tokens.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';

/** A presented token and its session, as they are while the transaction holds them. */
export interface HeldRefreshToken {
  readonly sessionId: string;
  readonly userId: string;
  readonly sessionRevoked: boolean;
  readonly expired: boolean;
  readonly usedAt: Date | null;
  /** Since it was exchanged, in milliseconds; null when it was not. */
  readonly usedForMs: number | null;
}

@Injectable()
export class RefreshTokensRepository {
  constructor(private readonly database: Database) {}

  async insert(tokenHash: Buffer, sessionId: string, lifetimeSeconds: number): Promise<void> {
    await this.database.query(
      `INSERT INTO refresh_tokens (token_hash, session_id, expires_at)
       VALUES ($1, $2, now() + make_interval(secs => $3))`,
      [tokenHash, sessionId, lifetimeSeconds],
    );
  }

  /** Locks a token and its session, so that of many equal refreshes one comes first and the others see it. */
  async hold(tokenHash: Buffer): Promise<HeldRefreshToken | undefined> {
    const [row] = await this.database.query<HeldRefreshToken>(
      `SELECT session.id AS "sessionId", session.user_id AS "userId",
         session.revoked_at IS NOT NULL AS "sessionRevoked",
         token.expires_at <= clock_timestamp() AS expired,
         token.used_at AS "usedAt",
         (extract(epoch FROM clock_timestamp() - token.used_at) * 1000)::float8 AS "usedForMs"
       FROM refresh_tokens token JOIN sessions session ON session.id = token.session_id
       WHERE token.token_hash = $1
       FOR UPDATE OF token, session`,
      [tokenHash],
    );
    return row;
  }

  /** Marks a token that hold() has locked as exchanged; returns when. */
  async spend(tokenHash: Buffer): Promise<Date> {
    const [row] = await this.database.query<{ usedAt: Date }>(
      'UPDATE refresh_tokens SET used_at = clock_timestamp() WHERE token_hash = $1 RETURNING used_at AS "usedAt"',
      [tokenHash],
    );
    if (!row) throw new Error('a refresh token went away while it was locked');
    return row.usedAt;
  }

  /** Deletes tokens that have expired; returns how many. */
  async deleteExpired(limit: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM refresh_tokens WHERE token_hash IN
         (SELECT token_hash FROM refresh_tokens WHERE expires_at < now() LIMIT $1) RETURNING 1`,
      [limit],
    );
    return rows.length;
  }
}
