// All SQL about resumable uploads.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { UploadEntity } from './upload.entity.js';

export type NewUpload = Pick<
  UploadEntity,
  'id' | 'ownerId' | 'filename' | 'metadata' | 'size' | 'storageKey'
> & {
  /** In seconds from now. */
  readonly lifetime: number;
};

/** An upload, and whether it has expired at this moment. */
export type FoundUpload = UploadEntity & { readonly expired: boolean };

/** An upload that is over, as it was before its row went. */
export interface RemovedUpload {
  readonly ownerId: string;
  readonly size: number;
  /** Null once the upload is a file, which then owns the bytes. */
  readonly storageKey: string | null;
}

const REMOVED = 'owner_id AS "ownerId", size, storage_key AS "storageKey"';

@Injectable()
export class UploadsRepository {
  constructor(private readonly database: Database) {}

  async insert(upload: NewUpload): Promise<UploadEntity> {
    const [row] = await this.database.query<UploadEntity>(
      `INSERT INTO uploads (id, owner_id, filename, metadata, size, storage_key, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 second')
       RETURNING ${this.columns}`,
      [
        upload.id,
        upload.ownerId,
        upload.filename,
        upload.metadata,
        upload.size,
        upload.storageKey,
        upload.lifetime,
      ],
    );
    return row as UploadEntity;
  }

  async find(ownerId: string, id: string): Promise<FoundUpload | undefined> {
    const [row] = await this.database.query<FoundUpload>(
      `SELECT ${this.columns}, expires_at < now() AS expired FROM uploads WHERE id = $1 AND owner_id = $2`,
      [id, ownerId],
    );
    return row;
  }

  /**
   * Like find(), and nobody else changes the upload before the transaction ends. Holds the account first, as
   * whoever removes an account does.
   */
  async hold(ownerId: string, id: string): Promise<UploadEntity | undefined> {
    await this.database.query('SELECT 1 FROM users WHERE id = $1 FOR KEY SHARE', [ownerId]);
    const [row] = await this.database.query<UploadEntity>(
      `SELECT ${this.columns} FROM uploads WHERE id = $1 AND owner_id = $2 FOR UPDATE`,
      [id, ownerId],
    );
    return row;
  }

  /** Says that the upload has become a file, which from now on owns the bytes. */
  async finish(id: string, fileId: string): Promise<void> {
    await this.database.query(
      `UPDATE uploads SET file_id = $2, storage_key = NULL, finished_at = now() WHERE id = $1`,
      [id, fileId],
    );
  }

  async delete(id: string): Promise<void> {
    await this.database.query('DELETE FROM uploads WHERE id = $1', [id]);
  }

  /** Removes up to `limit` expired uploads that nobody is writing to. */
  deleteExpired(limit: number): Promise<RemovedUpload[]> {
    return this.database.query<RemovedUpload>(
      `DELETE FROM uploads WHERE id IN (
         SELECT id FROM uploads
         WHERE expires_at < now() AND (locked_until IS NULL OR locked_until < now())
         ORDER BY expires_at LIMIT $1
         FOR UPDATE SKIP LOCKED
       ) RETURNING ${REMOVED}`,
      [limit],
    );
  }

  deleteAllOf(ownerId: string): Promise<RemovedUpload[]> {
    return this.database.query<RemovedUpload>(
      `DELETE FROM uploads WHERE owner_id = $1 RETURNING ${REMOVED}`,
      [ownerId],
    );
  }

  /** Those of `keys` that an unfinished upload writes to. */
  async needed(keys: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ key: string }>(
      'SELECT storage_key AS key FROM uploads WHERE storage_key = ANY ($1::text[])',
      [keys],
    );
    return new Set(rows.map(({ key }) => key));
  }

  private get columns(): string {
    return this.database.columns(UploadEntity);
  }
}
