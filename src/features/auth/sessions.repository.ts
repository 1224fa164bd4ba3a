// All SQL about sessions.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { SessionEntity } from './session.entity.js';

type NewSession = Pick<SessionEntity, 'id' | 'userId' | 'ip' | 'userAgent'>;

/** Which sessions of a user: one, all but one, or all. */
export type SessionChoice = { readonly only: string } | { readonly except: string } | 'all';

@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  async insert(session: NewSession, lifetimeSeconds: number): Promise<SessionEntity> {
    const [row] = await this.database.query<SessionEntity>(
      `INSERT INTO sessions (id, user_id, ip, user_agent, expires_at)
       VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))
       RETURNING ${this.columns}`,
      [session.id, session.userId, session.ip, session.userAgent, lifetimeSeconds],
    );
    return row as SessionEntity;
  }

  /** Up to `limit` open sessions of a user, newest first, from below `beforeId` on. */
  list(userId: string, limit: number, beforeId: string | undefined): Promise<SessionEntity[]> {
    return this.database.query<SessionEntity>(
      `SELECT ${this.columns} FROM sessions
       WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now() AND ($3::uuid IS NULL OR id < $3)
       ORDER BY id DESC LIMIT $2`,
      [userId, limit, beforeId ?? null],
    );
  }

  /** Ends sessions that are not over yet; returns their ids. */
  async revoke(userId: string, choice: SessionChoice): Promise<string[]> {
    const only = typeof choice === 'object' && 'only' in choice ? choice.only : null;
    const except = typeof choice === 'object' && 'except' in choice ? choice.except : null;
    const rows = await this.database.query<{ id: string }>(
      `UPDATE sessions SET revoked_at = now()
       WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now()
         AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id <> $3)
       RETURNING id`,
      [userId, only, except],
    );
    return rows.map((row) => row.id);
  }

  /** Lets a session live on with its newest refresh token. */
  async prolong(id: string, lifetimeSeconds: number): Promise<void> {
    await this.database.query(
      `UPDATE sessions SET expires_at = now() + make_interval(secs => $2), last_seen_at = now() WHERE id = $1`,
      [id, lifetimeSeconds],
    );
  }

  /** Moves `last_seen_at` forward, of many sessions at once. */
  async touch(seen: ReadonlyMap<string, Date>): Promise<void> {
    // In one order, so that two processes do not wait for each other in a circle.
    const ids = [...seen.keys()].sort();
    await this.database.query(
      `WITH seen AS (
         SELECT session.id, times.at FROM unnest($1::uuid[], $2::timestamptz[]) AS times (id, at)
         JOIN sessions session ON session.id = times.id
         WHERE session.last_seen_at < times.at
         ORDER BY session.id FOR UPDATE OF session
       )
       UPDATE sessions SET last_seen_at = seen.at FROM seen WHERE sessions.id = seen.id`,
      [ids, ids.map((id) => seen.get(id))],
    );
  }

  /** How many sessions are open. */
  async countOpen(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      'SELECT count(*) AS count FROM sessions WHERE revoked_at IS NULL AND expires_at > now()',
    );
    return row?.count ?? 0;
  }

  /** Deletes sessions that are over, with their refresh tokens; returns how many. */
  async deleteOver(limit: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < now() LIMIT $1) RETURNING id`,
      [limit],
    );
    return rows.length;
  }

  private get columns(): string {
    return this.database.columns(SessionEntity);
  }
}
