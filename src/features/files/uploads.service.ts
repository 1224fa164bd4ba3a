// The rules of resumable uploads: whose they are, what they take of the quota, and when it is given back.

import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { Database } from '../../infra/database/database.js';
import { ObjectStore } from '../../infra/storage/object-store.js';
import { StoredObjects } from '../../infra/storage/stored-objects.js';
import { fileTooLarge } from './file-intake.js';
import { cleanFilename } from './file-names.js';
import { FileQuota } from './file-quota.js';
import { UploadAftermath } from './upload-aftermath.js';
import type { UploadEntity } from './upload.entity.js';
import { UploadsRepository, type FoundUpload } from './uploads.repository.js';

/** The largest upload, in bytes: 5 GiB. */
export const MAX_UPLOAD_SIZE = 5 * 1024 ** 3;
/** From the creation on, whatever arrives meanwhile. */
const UPLOAD_LIFETIME_SECONDS = 24 * 3_600;
/** For clients that tell no name. */
const DEFAULT_FILENAME = 'upload';

export interface UploadRequest {
  readonly id: string;
  /** Of the whole, in bytes. */
  readonly size: number;
  /** As the client says it. */
  readonly filename: string | undefined;
  /** The header Upload-Metadata as it came. */
  readonly metadata: string;
}

@Injectable()
export class UploadsService {
  constructor(
    private readonly database: Database,
    private readonly store: ObjectStore,
    private readonly objects: StoredObjects,
    private readonly quota: FileQuota,
    private readonly uploads: UploadsRepository,
    private readonly aftermath: UploadAftermath,
  ) {}

  /**
   * Begins an upload and takes its whole size of the caller's quota.
   * @throws AppError file_too_large, quota_exceeded, validation_failed about `filename`
   */
  async create({ userId, tier }: Principal, request: UploadRequest): Promise<UploadEntity> {
    const { id, size, metadata } = request;
    if (size > MAX_UPLOAD_SIZE) throw fileTooLarge(MAX_UPLOAD_SIZE);
    const filename = cleanFilename(request.filename ?? DEFAULT_FILENAME);
    const storageKey = this.objects.newKey();
    await this.store.begin(storageKey);
    try {
      return await this.database.transaction(async () => {
        await this.objects.keep(storageKey, size);
        const upload = await this.uploads.insert({
          id,
          ownerId: userId,
          filename,
          metadata,
          size,
          storageKey,
          lifetime: UPLOAD_LIFETIME_SECONDS,
        });
        await this.quota.take(userId, tier, size);
        return upload;
      });
    } catch (error) {
      await this.aftermath.abandon([storageKey]);
      throw error;
    }
  }

  /** @throws AppError upload_not_found, also when it is somebody else's */
  async require(ownerId: string, id: string): Promise<FoundUpload> {
    const upload = await this.uploads.find(ownerId, id);
    if (!upload) throw new AppError('upload_not_found');
    return upload;
  }

  /**
   * Ends an unfinished upload: its bytes go, its part of the quota comes back.
   * @throws AppError upload_not_found; upload_finished, since deleting the file is a call of its own
   */
  terminate(ownerId: string, id: string): Promise<void> {
    return this.database.transaction(async () => {
      const upload = await this.uploads.hold(ownerId, id);
      if (!upload) throw new AppError('upload_not_found');
      if (upload.finishedAt) throw new AppError('upload_finished');
      await this.uploads.delete(id);
      await this.aftermath.cleanUp([upload]);
    });
  }
}
