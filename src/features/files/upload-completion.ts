// Makes a file of an upload whose bytes are all there, once, however often it is tried: a process may die
// between any two steps, and whoever asks next goes on here.

import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { Database } from '../../infra/database/database.js';
import { ObjectStore } from '../../infra/storage/object-store.js';
import { FilesService } from './files.service.js';
import type { UploadLock } from './upload-lock.js';
import { RunningDigest } from './running-digest.js';
import { UploadDigests } from './upload-digests.js';
import { UploadsRepository } from './uploads.repository.js';

/** An upload of which every byte has arrived. */
export interface FullUpload {
  readonly id: string;
  readonly ownerId: string;
  readonly filename: string;
  readonly size: number;
  readonly storageKey: string;
}

@Injectable()
export class UploadCompletion {
  constructor(
    private readonly database: Database,
    private readonly store: ObjectStore,
    private readonly files: FilesService,
    private readonly digests: UploadDigests,
    private readonly uploads: UploadsRepository,
  ) {}

  /**
   * Completes the bytes in the store and registers the file.
   * @param lock held by the caller
   * @returns the id of the file
   * @throws AppError upload_locked when the lock is lost meanwhile; upload_not_found, upload_gone
   */
  async complete(upload: FullUpload, lock: UploadLock | undefined): Promise<string> {
    await this.store.complete(upload.storageKey);
    const digest = this.digests.at(upload.id, upload.size) ?? (await this.readAgain(upload, lock));
    const { filename, size, storageKey: key } = upload;
    const fileId = await this.database.transaction(async () => {
      const held = await this.uploads.hold(upload.ownerId, upload.id);
      if (!held) throw new AppError('upload_not_found');
      if (held.finishedAt) return held.fileId;
      const file = await this.files.registerPaid(upload.ownerId, { filename, key, size, ...digest.result() });
      await this.uploads.finish(upload.id, file.id);
      return file.id;
    });
    this.digests.forget(upload.id);
    if (fileId === null) throw new AppError('upload_gone');
    return fileId;
  }

  private async readAgain(upload: FullUpload, lock: UploadLock | undefined): Promise<RunningDigest> {
    const digest = new RunningDigest();
    for await (const chunk of await this.store.read(upload.storageKey)) {
      lock?.requireHeld();
      digest.update(chunk as Uint8Array);
    }
    if (digest.size !== upload.size) {
      throw new Error(`upload ${upload.id} has ${digest.size} bytes in the store, not ${upload.size}`);
    }
    // Kept, so that nothing is read a third time when the database is away just now.
    this.digests.set(upload.id, digest);
    return digest;
  }
}
