// Which objects are needed: a row for each, written in the transaction of whatever needs it. Bytes are whole
// before anything refers to their row, and go after it; bytes without a row are swept.

import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database.js';
import { PurgeTask } from '../jobs/purge-task.decorator.js';
import { newObjectKey } from './object-key.js';
import { ObjectStore, type ListedObject } from './object-store.js';
import { StoredObjectsRepository } from './stored-objects.repository.js';

/** Between the writing of bytes and the commit of their row lies much less than this. */
const GRACE_MS = 3_600_000;
const BATCH = 500;

@Injectable()
export class StoredObjects {
  private readonly logger = new Logger(StoredObjects.name);

  constructor(
    private readonly database: Database,
    private readonly store: ObjectStore,
    private readonly repository: StoredObjectsRepository,
  ) {}

  /** A key that no object has. */
  newKey(): string {
    return newObjectKey();
  }

  /**
   * Says that an object is needed, in the open transaction. May come before its bytes, to spare them from the
   * sweep, and again with another size.
   * @param size in bytes
   */
  keep(key: string, size: number): Promise<void> {
    return this.repository.upsert(key, size);
  }

  /**
   * Says in the open transaction that objects are not needed any more; rows that refer to them have to be gone.
   * Their bytes go after the commit, at the latest with the next sweep.
   * @returns how many bytes that is, as keep() was told
   */
  async release(keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return 0;
    const bytes = await this.repository.delete(keys);
    this.database.afterCommit(() => this.deleteBytes(keys));
    return bytes;
  }

  /** Removes bytes that nothing needs and that are at least an hour old; returns how many objects. */
  @PurgeTask('storedBytes')
  purge(signal: AbortSignal): Promise<number> {
    return this.sweep(new Date(Date.now() - GRACE_MS), signal);
  }

  /**
   * Removes objects without a row. What never became an object goes with ObjectStore.sweepUnfinished(), which
   * whoever begins objects in pieces calls.
   * @param olderThan what was touched since then stays
   * @returns how many were removed
   */
  async sweep(olderThan: Date, signal: AbortSignal): Promise<number> {
    let removed = 0;
    let batch: ListedObject[] = [];
    for await (const object of this.store.list(olderThan)) {
      if (signal.aborted) return removed;
      batch.push(object);
      if (batch.length < BATCH) continue;
      removed += await this.removeUnneeded(batch);
      batch = [];
    }
    return removed + (await this.removeUnneeded(batch));
  }

  private async removeUnneeded(objects: readonly ListedObject[]): Promise<number> {
    if (objects.length === 0) return 0;
    const keys = objects.map(({ key }) => key);
    const needed = await this.repository.existing(keys);
    const unneeded = keys.filter((key) => !needed.has(key));
    await this.store.delete(unneeded);
    return unneeded.length;
  }

  private async deleteBytes(keys: readonly string[]): Promise<void> {
    try {
      await this.store.delete(keys);
    } catch (error) {
      this.logger.warn({ err: error, count: keys.length }, 'released bytes stay until the next sweep');
    }
  }
}
