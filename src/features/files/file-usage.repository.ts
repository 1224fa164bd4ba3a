// All SQL about how much of the quota is taken.

import { Injectable } from '@nestjs/common';
import type { Tier } from '../../contracts/scopes.js';
import { Database } from '../../infra/database/database.js';

@Injectable()
export class FileUsageRepository {
  constructor(private readonly database: Database) {}

  /** Adds `bytes` if the sum stays within `limit`; false when it would not, and nothing is added. */
  async add(ownerId: string, bytes: number, limit: number): Promise<boolean> {
    // Whoever is second waits for the row and then compares with what the first one has left of the limit.
    const rows = await this.database.query(
      `INSERT INTO file_usage AS usage (owner_id, bytes)
       SELECT $1::uuid, $2::bigint WHERE $2::bigint <= $3::bigint
       ON CONFLICT (owner_id) DO UPDATE SET bytes = usage.bytes + excluded.bytes
         WHERE usage.bytes + excluded.bytes <= $3::bigint
       RETURNING 1`,
      [ownerId, bytes, limit],
    );
    return rows.length > 0;
  }

  /** The tier that the owner has now. */
  async tierOf(ownerId: string): Promise<Tier | undefined> {
    const [row] = await this.database.query<{ tier: Tier }>('SELECT tier FROM users WHERE id = $1', [
      ownerId,
    ]);
    return row?.tier;
  }

  async subtract(ownerId: string, bytes: number): Promise<void> {
    await this.database.query(
      'UPDATE file_usage SET bytes = greatest(bytes - $2::bigint, 0) WHERE owner_id = $1',
      [ownerId, bytes],
    );
  }
}
