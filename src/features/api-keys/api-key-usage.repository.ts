// All SQL about how much keys are used, and when last.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';

/** Requests of one key on one UTC day. */
export interface DailyUse {
  readonly apiKeyId: string;
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly requests: number;
}

export interface LastUse {
  readonly apiKeyId: string;
  readonly at: Date;
  readonly ip: string;
}

export interface UsageOfDay {
  date: string;
  requests: number;
}

const SHOWN_DAYS = 30;

@Injectable()
export class ApiKeyUsageRepository {
  constructor(private readonly database: Database) {}

  /** Adds to the counts; keys that are gone are left out. */
  async add(uses: readonly DailyUse[]): Promise<void> {
    // In one order, so that two processes do not wait for each other in a circle.
    await this.database.query(
      `INSERT INTO api_key_usage (api_key_id, day, requests)
       SELECT used.id, used.day, used.requests
       FROM unnest($1::uuid[], $2::date[], $3::bigint[]) AS used (id, day, requests)
       WHERE EXISTS (SELECT FROM api_keys WHERE id = used.id)
       ORDER BY used.id, used.day
       ON CONFLICT (api_key_id, day) DO UPDATE SET requests = api_key_usage.requests + excluded.requests`,
      [uses.map((use) => use.apiKeyId), uses.map((use) => use.day), uses.map((use) => use.requests)],
    );
  }

  /** Moves `last_used_at` forward, of each key at most once a minute whoever calls. */
  async touch(uses: readonly LastUse[]): Promise<void> {
    await this.database.query(
      `WITH used AS (
         SELECT key.id, use.at, use.ip
         FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS use (id, at, ip)
         JOIN api_keys key ON key.id = use.id
         WHERE key.last_used_at IS NULL OR key.last_used_at <= use.at - interval '1 minute'
         ORDER BY key.id FOR NO KEY UPDATE OF key
       )
       UPDATE api_keys SET last_used_at = used.at, last_used_ip = used.ip FROM used WHERE api_keys.id = used.id`,
      [uses.map((use) => use.apiKeyId), uses.map((use) => use.at), uses.map((use) => use.ip)],
    );
  }

  /** The last 30 days by UTC, today included, oldest first; days without requests too. */
  days(apiKeyId: string): Promise<UsageOfDay[]> {
    return this.database.query<UsageOfDay>(
      `SELECT to_char(days.day, 'YYYY-MM-DD') AS date, COALESCE(usage.requests, 0) AS requests
       FROM (SELECT (now() AT TIME ZONE 'UTC')::date - back AS day FROM generate_series(0, $2 - 1) AS back) AS days
       LEFT JOIN api_key_usage usage ON usage.api_key_id = $1 AND usage.day = days.day
       ORDER BY days.day`,
      [apiKeyId, SHOWN_DAYS],
    );
  }

  /** Deletes days that are not shown any more; returns how many rows that were. */
  async deleteOld(limit: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM api_key_usage WHERE (api_key_id, day) IN (
         SELECT api_key_id, day FROM api_key_usage
         WHERE day < (now() AT TIME ZONE 'UTC')::date - $1::int LIMIT $2
       ) RETURNING day`,
      [SHOWN_DAYS - 1, limit],
    );
    return rows.length;
  }
}
