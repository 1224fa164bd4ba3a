// All SQL about files.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { FileEntity } from './file.entity.js';

export type NewFile = Omit<FileEntity, 'createdAt' | 'owner' | 'storedObject'>;

@Injectable()
export class FilesRepository {
  constructor(private readonly database: Database) {}

  async insert(file: NewFile): Promise<FileEntity> {
    const [row] = await this.database.query<FileEntity>(
      `INSERT INTO files (id, owner_id, filename, size, content_type, sha256, storage_key)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       RETURNING ${this.columns}`,
      [file.id, file.ownerId, file.filename, file.size, file.contentType, file.sha256, file.storageKey],
    );
    return row as FileEntity;
  }

  async find(ownerId: string, id: string): Promise<FileEntity | undefined> {
    const [row] = await this.database.query<FileEntity>(
      `SELECT ${this.columns} FROM files WHERE id = $2 AND owner_id = $1`,
      [ownerId, id],
    );
    return row;
  }

  /** Like find(), and nobody else changes the file before the transaction ends. */
  async findForChange(ownerId: string, id: string): Promise<FileEntity | undefined> {
    const [row] = await this.database.query<FileEntity>(
      `SELECT ${this.columns} FROM files WHERE id = $2 AND owner_id = $1 FOR UPDATE`,
      [ownerId, id],
    );
    return row;
  }

  /**
   * Up to `limit + 1` files of one owner, the newest first.
   * @param before the id of the last file shown so far
   */
  list(ownerId: string, limit: number, before: string | undefined): Promise<FileEntity[]> {
    return this.database.query<FileEntity>(
      `SELECT ${this.columns} FROM files
       WHERE owner_id = $1 AND ($3::uuid IS NULL OR id < $3::uuid)
       ORDER BY id DESC LIMIT $2`,
      [ownerId, limit + 1, before ?? null],
    );
  }

  async delete(id: string): Promise<void> {
    await this.database.query('DELETE FROM files WHERE id = $1', [id]);
  }

  /** Deletes all files of one owner and returns the keys of their bytes. */
  async deleteOf(ownerId: string): Promise<string[]> {
    const rows = await this.database.query<{ storageKey: string }>(
      'DELETE FROM files WHERE owner_id = $1 RETURNING storage_key AS "storageKey"',
      [ownerId],
    );
    return rows.map(({ storageKey }) => storageKey);
  }

  async count(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>('SELECT count(*) AS count FROM files');
    return row?.count ?? 0;
  }

  /** Of all files together, in bytes. */
  async totalSize(): Promise<number> {
    const [row] = await this.database.query<{ bytes: number }>(
      'SELECT coalesce(sum(size), 0)::bigint AS bytes FROM files',
    );
    return row?.bytes ?? 0;
  }

  private get columns(): string {
    return this.database.columns(FileEntity);
  }
}
