// What one tus request may do with the uploads of its caller. The tus server asks it in the terms of its
// DataStore; rows and bytes are ours.

import type { Readable } from 'node:stream';
import { DataStore, Metadata, Upload } from '@tus/server';
import type { Request } from 'express';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { piecesOf } from './upload-body.js';
import type { UploadBytes } from './upload-bytes.js';
import type { UploadChecksum } from './upload-checksum.js';
import type { UploadEntity } from './upload.entity.js';
import type { UploadLock } from './upload-lock.js';
import type { UploadsService } from './uploads.service.js';

/** The extensions of tus that we have; checksum is checked in upload-bytes.ts. */
export const TUS_EXTENSIONS = ['creation', 'termination', 'checksum', 'expiration'];

export interface UploadCall {
  readonly principal: Principal;
  readonly request: Request;
  /** The header Upload-Metadata as it came. */
  readonly metadata: string;
  readonly checksum: UploadChecksum | undefined;
  /** The lock that the request takes; none when it creates. */
  readonly lock: UploadLock | undefined;
}

export class UploadDataStore extends DataStore {
  override extensions = TUS_EXTENSIONS;
  /** The file that the upload has become, once it has. */
  fileId: string | undefined;
  /** How many bytes of the upload are there, once somebody asked. */
  offset: number | undefined;
  private row: UploadEntity | undefined;

  constructor(
    private readonly call: UploadCall,
    private readonly uploads: UploadsService,
    private readonly bytes: UploadBytes,
  ) {
    super();
  }

  /** When the upload ends if it stays unfinished; undefined for a finished one, or before it is known. */
  get expiresAt(): Date | undefined {
    return this.fileId === undefined ? this.row?.expiresAt : undefined;
  }

  override async create(upload: Upload): Promise<Upload> {
    const { principal, metadata } = this.call;
    const filename = upload.metadata?.['filename'] ?? undefined;
    const size = upload.size ?? 0;
    this.row = await this.uploads.create(principal, { id: upload.id, size, filename, metadata });
    if (size === 0) this.fileId = await this.bytes.finish(this.row, undefined);
    return upload;
  }

  /**
   * An upload of the caller as it stands; one whose bytes are all there becomes a file here.
   * @throws AppError upload_not_found; upload_gone, by the clock of the database, so the tus server is told of
   *   no expiration to compare with its own
   */
  override async getUpload(id: string): Promise<Upload> {
    const row = await this.uploads.require(this.call.principal.userId, id);
    if (row.expired && !row.finishedAt) throw new AppError('upload_gone');
    this.row = row;
    this.offset = await this.bytes.received(row);
    if (this.offset === row.size) this.fileId = await this.bytes.finish(row, this.call.lock);
    return new Upload({
      id: row.id,
      size: row.size,
      offset: this.offset,
      ...(row.metadata !== '' && { metadata: Metadata.parse(row.metadata) }),
    });
  }

  /** Adds the body of the request, from the socket: the tus server would lead it through two web streams. */
  override async write(_bytes: Readable, _id: string, offset: number): Promise<number> {
    const { row } = this;
    const { request, checksum, lock } = this.call;
    if (!row || !lock) throw new AppError('internal_error');
    // All there before: the file is made, and there is nothing to add.
    if (this.fileId !== undefined) return offset;
    const pieces = piecesOf(request, row.size - offset, lock.wanted);
    const now = await this.bytes.append(row, offset, pieces, { checksum, lock });
    if (now === row.size) this.fileId = await this.bytes.finish(row, lock);
    return now;
  }

  override async remove(id: string): Promise<void> {
    await this.uploads.terminate(this.call.principal.userId, id);
  }
}
