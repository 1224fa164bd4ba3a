// The bytes of an upload: how many are there, adding to them, and what happens when they are complete.

import { Injectable } from '@nestjs/common';
import { ObjectMissing, ObjectStore, WrongOffset } from '../../infra/storage/object-store.js';
import { StoredObjects } from '../../infra/storage/stored-objects.js';
import { AppError } from '../../common/errors/app-error.js';
import type { UploadChecksum } from './upload-checksum.js';
import { UploadCompletion } from './upload-completion.js';
import { UploadDigests } from './upload-digests.js';
import type { UploadEntity } from './upload.entity.js';
import type { UploadLock } from './upload-lock.js';

export interface AppendOptions {
  readonly checksum: UploadChecksum | undefined;
  /** Held by the caller; the writing ends when it is lost. */
  readonly lock: UploadLock;
}

@Injectable()
export class UploadBytes {
  constructor(
    private readonly store: ObjectStore,
    private readonly objects: StoredObjects,
    private readonly digests: UploadDigests,
    private readonly completion: UploadCompletion,
  ) {}

  /** How many bytes of an upload are there: what the store has, whatever anybody remembers. */
  async received({ finishedAt, storageKey, size }: UploadEntity): Promise<number> {
    if (finishedAt || storageKey === null) return size;
    // Completed, and then the process died before the file had its row.
    return (await this.store.received(storageKey)) ?? (await this.store.size(storageKey)) ?? 0;
  }

  /**
   * Adds bytes. What has arrived before a break is kept, but for bytes with a checksum: those count as a whole
   * or not at all.
   * @returns how many bytes are there now
   * @throws AppError upload_offset_conflict, checksum_mismatch, upload_locked, storage_full,
   *   service_unavailable; whatever the source throws
   */
  async append(
    upload: UploadEntity,
    offset: number,
    bytes: AsyncIterable<Uint8Array>,
    { checksum, lock }: AppendOptions,
  ): Promise<number> {
    const guarded = whileHeld(bytes, lock);
    if (!checksum) return this.write(upload, offset, guarded, lock);
    // First to a place of their own: nothing unchecked may ever count, even if the process dies just then.
    const key = this.objects.newKey();
    await this.store.write(key, checksum.check(guarded), { signal: lock.lost });
    try {
      return await this.write(upload, offset, await this.store.read(key), lock);
    } finally {
      await this.store.delete([key]);
    }
  }

  /**
   * Makes a file of an upload whose bytes are all there; one that is a file already stays it.
   * @returns the id of the file
   * @throws AppError upload_gone when the file was deleted since; see UploadCompletion
   */
  async finish(upload: UploadEntity, lock: UploadLock | undefined): Promise<string> {
    if (upload.fileId !== null) return upload.fileId;
    const { storageKey } = upload;
    if (upload.finishedAt || storageKey === null) throw new AppError('upload_gone');
    return this.completion.complete({ ...upload, storageKey }, lock);
  }

  private async write(
    { id, storageKey }: UploadEntity,
    offset: number,
    bytes: AsyncIterable<Uint8Array>,
    lock: UploadLock,
  ): Promise<number> {
    if (storageKey === null) throw new AppError('upload_finished');
    const digest = this.digests.at(id, offset);
    const source = digest ? digest.follow(bytes) : bytes;
    this.digests.forget(id);
    let now: number | undefined;
    try {
      now = await this.appendOrBegin(storageKey, offset, source, lock);
      return now;
    } catch (error) {
      if (error instanceof WrongOffset) throw offsetConflict(error.expected);
      now = await this.store.received(storageKey).catch(() => undefined);
      throw error;
    } finally {
      // Good for the next piece only when all it has seen is in the store.
      if (digest && digest.size === now) this.digests.set(id, digest);
    }
  }

  private async appendOrBegin(
    key: string,
    offset: number,
    bytes: AsyncIterable<Uint8Array>,
    lock: UploadLock,
  ): Promise<number> {
    const options = { signal: lock.lost };
    if (offset > 0) return this.store.append(key, offset, bytes, options);
    try {
      return await this.store.append(key, 0, bytes, options);
    } catch (error) {
      if (!(error instanceof ObjectMissing)) throw error;
    }
    await this.store.begin(key);
    return this.store.append(key, 0, bytes, options);
  }
}

/** The refusal of bytes that do not continue what is there. */
export function offsetConflict(offset: number): AppError {
  return new AppError('upload_offset_conflict', {
    detail: `The upload continues at byte ${offset}.`,
    headers: { 'Upload-Offset': String(offset) },
  });
}

async function* whileHeld(bytes: AsyncIterable<Uint8Array>, lock: UploadLock): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    lock.requireHeld();
    yield chunk;
  }
}
