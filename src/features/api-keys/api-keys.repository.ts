// All SQL about API keys but that of their use, which is in api-key-usage.repository.ts.

import { Injectable } from '@nestjs/common';
import type { Role, Scope, Tier } from '../../contracts/scopes.js';
import { Database } from '../../infra/database/database.js';
import { Counts } from '../../infra/statistics/counts.decorator.js';
import { ApiKeyEntity } from './api-key.entity.js';
import type { KnownApiKey } from './known-api-keys.js';

export type NewApiKey = Pick<ApiKeyEntity, 'id' | 'userId' | 'prefix' | 'name' | 'scopes' | 'expiresAt'> & {
  readonly keyHash: Buffer;
};

/** A key with what follows from the time, by the database's clock. */
export type ApiKeyRow = ApiKeyEntity & { readonly isActive: boolean; readonly stale: boolean };

/** How many keys of a user work: those in use, and those that another one replaces. */
export interface ActiveKeys {
  readonly current: number;
  readonly ending: number;
}

interface CredentialRow {
  id: string;
  userId: string;
  scopes: Scope[];
  expiresAt: Date | null;
  state: KnownApiKey['state'];
  role: Role;
  tier: Tier;
  userIsActive: boolean;
  userIsLeaving: boolean;
}

const IS_ACTIVE = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())';
const STALE_DAYS = 90;
const KEPT_DAYS = 90;

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly database: Database) {}

  async insert(key: NewApiKey): Promise<ApiKeyRow> {
    const [row] = await this.database.query<ApiKeyRow>(
      `INSERT INTO api_keys (id, user_id, key_hash, prefix, name, scopes, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       RETURNING ${this.columns}`,
      [key.id, key.userId, key.keyHash, key.prefix, key.name, key.scopes, key.expiresAt],
    );
    return row as ApiKeyRow;
  }

  /** How many keys work, whoever owns them. */
  @Counts('apiKeys')
  async countAll(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*) AS count FROM api_keys WHERE ${IS_ACTIVE}`,
    );
    return row?.count ?? 0;
  }

  /** What a credential with that hash is good for; null when there is none. */
  async findCredential(keyHash: Buffer): Promise<KnownApiKey | null> {
    const [row] = await this.database.query<CredentialRow>(
      `SELECT key.id, key.user_id AS "userId", key.scopes, key.expires_at AS "expiresAt",
         CASE WHEN key.revoked_at IS NOT NULL THEN 'revoked' WHEN key.expires_at <= now() THEN 'expired'
           ELSE 'valid' END AS state,
         owner.role, owner.tier, owner.is_active AS "userIsActive",
         owner.deletion_requested_at IS NOT NULL AS "userIsLeaving"
       FROM api_keys key JOIN users owner ON owner.id = key.user_id
       WHERE key.key_hash = $1`,
      [keyHash],
    );
    return row ? { ...row, scopes: new Set(row.scopes) } : null;
  }

  /** @param userId undefined: whoever owns it */
  async find(id: string, userId: string | undefined): Promise<ApiKeyRow | undefined> {
    const [row] = await this.database.query<ApiKeyRow>(
      `SELECT ${this.columns} FROM api_keys WHERE id = $1 AND ($2::uuid IS NULL OR user_id = $2)`,
      [id, userId ?? null],
    );
    return row;
  }

  /** Like find(), and nobody else changes the key before the transaction ends. */
  async findForChange(id: string, userId: string | undefined): Promise<ApiKeyRow | undefined> {
    const [row] = await this.database.query<ApiKeyRow>(
      `SELECT ${this.columns} FROM api_keys
       WHERE id = $1 AND ($2::uuid IS NULL OR user_id = $2) FOR NO KEY UPDATE`,
      [id, userId ?? null],
    );
    return row;
  }

  /** Up to `limit` keys of a user, newest first, from below `beforeId` on. */
  list(userId: string, limit: number, beforeId: string | undefined): Promise<ApiKeyRow[]> {
    return this.database.query<ApiKeyRow>(
      `SELECT ${this.columns} FROM api_keys
       WHERE user_id = $1 AND ($3::uuid IS NULL OR id < $3)
       ORDER BY id DESC LIMIT $2`,
      [userId, limit, beforeId ?? null],
    );
  }

  async countActive(userId: string): Promise<ActiveKeys> {
    const [row] = await this.database.query<ActiveKeys>(
      `SELECT count(*) FILTER (WHERE rotated_at IS NULL) AS current,
         count(*) FILTER (WHERE rotated_at IS NOT NULL) AS ending
       FROM api_keys WHERE user_id = $1 AND ${IS_ACTIVE}`,
      [userId],
    );
    return row as ActiveKeys;
  }

  /** Writes name and scopes of a key that findForChange() holds. */
  async update(id: string, name: string, scopes: readonly Scope[]): Promise<ApiKeyRow> {
    const [row] = await this.database.query<ApiKeyRow>(
      `UPDATE api_keys SET name = $2, scopes = $3 WHERE id = $1 RETURNING ${this.columns}`,
      [id, name, scopes],
    );
    return row as ApiKeyRow;
  }

  /** Lets a key that another one replaces work for some more seconds, and never longer than it would have. */
  async endAfter(id: string, seconds: number): Promise<void> {
    await this.database.query(
      `UPDATE api_keys
       SET rotated_at = now(), expires_at = LEAST(expires_at, now() + make_interval(secs => $2))
       WHERE id = $1`,
      [id, seconds],
    );
  }

  async revoke(id: string): Promise<ApiKeyRow> {
    const [row] = await this.database.query<ApiKeyRow>(
      `UPDATE api_keys SET revoked_at = COALESCE(revoked_at, now()) WHERE id = $1 RETURNING ${this.columns}`,
      [id],
    );
    return row as ApiKeyRow;
  }

  /** Deletes keys that have long been of no use, with their usage; returns how many. */
  async deleteOver(limit: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM api_keys WHERE id IN (
         SELECT id FROM api_keys
         WHERE revoked_at < now() - make_interval(days => $1) OR expires_at < now() - make_interval(days => $1)
         LIMIT $2
       ) RETURNING id`,
      [KEPT_DAYS, limit],
    );
    return rows.length;
  }

  private get columns(): string {
    return `${this.database.columns(ApiKeyEntity)}, (${IS_ACTIVE}) AS "isActive",
      COALESCE(last_used_at, created_at) < now() - interval '${STALE_DAYS} days' AS stale`;
  }
}
