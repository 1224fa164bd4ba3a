// What follows when uploads end without having become files: bytes and quota are freed. Uploads that nobody
// finished end after a day, and with the account of their owner.

import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { ErasesUser } from '../../infra/erasure/erases-user.decorator.js';
import type { ErasedUser } from '../../infra/erasure/erased-user.js';
import { PurgeTask } from '../../infra/jobs/purge-task.decorator.js';
import { removeInBatches } from '../../infra/jobs/remove-in-batches.js';
import { ObjectStore } from '../../infra/storage/object-store.js';
import { StoredObjects } from '../../infra/storage/stored-objects.js';
import { FileQuota } from './file-quota.js';
import { UploadsRepository, type RemovedUpload } from './uploads.repository.js';

const BATCH = 100;
/** Between beginning an object and the commit of its upload lies much less than this. */
const GRACE_MS = 3_600_000;

@Injectable()
export class UploadAftermath {
  private readonly logger = new Logger(UploadAftermath.name);

  constructor(
    private readonly database: Database,
    private readonly store: ObjectStore,
    private readonly objects: StoredObjects,
    private readonly quota: FileQuota,
    private readonly uploads: UploadsRepository,
  ) {}

  /** Frees what removed uploads had, in the open transaction; their bytes go after the commit. */
  async cleanUp(removed: readonly RemovedUpload[]): Promise<void> {
    const unfinished = removed.filter(
      (upload): upload is RemovedUpload & { storageKey: string } => upload.storageKey !== null,
    );
    // In one order, so that two of these never wait for each other in a circle.
    for (const { ownerId, size } of unfinished.toSorted(byOwner)) await this.quota.giveBack(ownerId, size);
    const keys = unfinished.map(({ storageKey }) => storageKey);
    await this.objects.release(keys);
    this.database.afterCommit(() => this.abandon(keys));
  }

  /** Drops unfinished bytes that no row speaks of. Never throws: what stays, the purge finds. */
  async abandon(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      try {
        await this.store.abandon(key);
      } catch (error) {
        this.logger.warn({ err: error }, 'the bytes of an upload stay until the next purge');
      }
    }
  }

  /** Ends expired uploads, and forgets finished ones of that age; returns how many. */
  @PurgeTask('uploads')
  purge(signal: AbortSignal): Promise<number> {
    return removeInBatches(signal, () =>
      this.database.transaction(async () => {
        const removed = await this.uploads.deleteExpired(BATCH);
        await this.cleanUp(removed);
        return removed.length;
      }),
    );
  }

  /** Drops unfinished bytes that nobody has touched for an hour and no upload needs; returns how many objects. */
  @PurgeTask('uploadBytes')
  purgeBytes(): Promise<number> {
    return this.sweepBytes(new Date(Date.now() - GRACE_MS));
  }

  /**
   * Drops unfinished bytes that were not touched since `olderThan`: those of no upload, and all leftovers of writes
   * that a process did not survive; returns how many objects.
   */
  sweepBytes(olderThan: Date): Promise<number> {
    return this.store.sweepUnfinished(olderThan, (keys) => this.uploads.needed(keys));
  }

  /** Ends the uploads of a user who goes. */
  @ErasesUser('uploads')
  async erase(user: ErasedUser): Promise<number> {
    const removed = await this.uploads.deleteAllOf(user.id);
    await this.cleanUp(removed);
    return removed.length;
  }
}

function byOwner(one: RemovedUpload, other: RemovedUpload): number {
  return one.ownerId < other.ownerId ? -1 : Number(one.ownerId > other.ownerId);
}
