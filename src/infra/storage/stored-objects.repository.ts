// All SQL about stored objects.

import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';

@Injectable()
export class StoredObjectsRepository {
  constructor(private readonly database: Database) {}

  /** Inserts a row, or corrects the size of the one that is there. */
  async upsert(key: string, size: number): Promise<void> {
    await this.database.query(
      `INSERT INTO stored_objects (key, size) VALUES ($1, $2)
       ON CONFLICT (key) DO UPDATE SET size = excluded.size`,
      [key, size],
    );
  }

  /** @returns how many bytes the deleted ones had */
  async delete(keys: readonly string[]): Promise<number> {
    const rows = await this.database.query<{ size: number }>(
      'DELETE FROM stored_objects WHERE key = ANY($1::text[]) RETURNING size',
      [keys],
    );
    return rows.reduce((sum, { size }) => sum + size, 0);
  }

  /** Those of the given keys that have a row. */
  async existing(keys: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ key: string }>(
      'SELECT key FROM stored_objects WHERE key = ANY($1::text[])',
      [keys],
    );
    return new Set(rows.map(({ key }) => key));
  }
}
