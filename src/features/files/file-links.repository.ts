// All SQL about download links.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { FileLinkEntity } from './file-link.entity.js';

export interface NewFileLink {
  readonly id: string;
  readonly ownerId: string;
  readonly fileId: string;
  readonly tokenHash: Buffer;
  /** In seconds from now. */
  readonly lifetime: number;
  readonly maxDownloads: number | null;
}

/** A link, and whether it works at this moment. */
export type FoundFileLink = FileLinkEntity & { readonly works: boolean };

const WORKS =
  'file_id IS NOT NULL AND revoked_at IS NULL AND expires_at > now() AND (max_downloads IS NULL OR downloads < max_downloads)';
/** Long enough that nobody who follows an old link is told that there never was one. */
const KEPT = "interval '30 days'";

@Injectable()
export class FileLinksRepository {
  constructor(private readonly database: Database) {}

  async insert(link: NewFileLink): Promise<FileLinkEntity> {
    const [row] = await this.database.query<FileLinkEntity>(
      `INSERT INTO file_links (id, owner_id, file_id, token_hash, expires_at, max_downloads)
       VALUES ($1, $2, $3, $4, now() + $5 * interval '1 second', $6)
       RETURNING ${this.columns}`,
      [link.id, link.ownerId, link.fileId, link.tokenHash, link.lifetime, link.maxDownloads],
    );
    return row as FileLinkEntity;
  }

  async findByToken(tokenHash: Buffer): Promise<FoundFileLink | undefined> {
    const [row] = await this.database.query<FoundFileLink>(
      `SELECT ${this.columns}, ${WORKS} AS works FROM file_links WHERE token_hash = $1`,
      [tokenHash],
    );
    return row;
  }

  /** Counts one download, if the link still works; however many try at once, never one too many. */
  async count(id: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE file_links SET downloads = downloads + 1 WHERE id = $1 AND ${WORKS} RETURNING id`,
      [id],
    );
    return rows.length > 0;
  }

  /**
   * Up to `limit + 1` links of a file, the newest first.
   * @param before the id of the last link shown so far
   */
  list(fileId: string, limit: number, before: string | undefined): Promise<FileLinkEntity[]> {
    return this.database.query<FileLinkEntity>(
      `SELECT ${this.columns} FROM file_links
       WHERE file_id = $1 AND ($3::uuid IS NULL OR id < $3::uuid)
       ORDER BY id DESC LIMIT $2`,
      [fileId, limit + 1, before ?? null],
    );
  }

  /** Ends a link of a file; false when the file has no such link. */
  async revoke(fileId: string, id: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE file_links SET revoked_at = coalesce(revoked_at, now())
       WHERE id = $1 AND file_id = $2 RETURNING id`,
      [id, fileId],
    );
    return rows.length > 0;
  }

  /** Removes up to `limit` links that have long been over; returns how many. */
  async deleteOver(limit: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM file_links WHERE id IN (
         SELECT id FROM file_links WHERE expires_at < now() - ${KEPT} LIMIT $1
       ) RETURNING id`,
      [limit],
    );
    return rows.length;
  }

  private get columns(): string {
    return this.database.columns(FileLinkEntity);
  }
}
