// Where an interrupted training goes on: an object in the store, replaced every few seconds. It has no row among
// the stored objects, so that a checkpoint nobody comes back to is swept away; a training without one begins anew
// and gives the same model, only later.

import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Injectable, Logger } from '@nestjs/common';
import { ObjectMissing, ObjectStore } from '../../infra/storage/object-store.js';
import { StoredObjects } from '../../infra/storage/stored-objects.js';

@Injectable()
export class TrainingCheckpoints {
  private readonly logger = new Logger(TrainingCheckpoints.name);

  constructor(
    private readonly store: ObjectStore,
    private readonly objects: StoredObjects,
  ) {}

  /**
   * A copy of a checkpoint in `directory`, as its path; null when there is none.
   * @param key null: none was made
   */
  async fetch(key: string | null, directory: string): Promise<string | null> {
    if (key === null) return null;
    const path = join(directory, 'resumed.bin');
    try {
      await pipeline(await this.store.read(key), createWriteStream(path));
      return path;
    } catch (error) {
      if (error instanceof ObjectMissing) return null;
      throw error;
    }
  }

  /**
   * Puts a new checkpoint in the place of the last one.
   * @param swap writes the new key, if this attempt still has the job, and returns the old one
   * @returns false when it could not be kept: the last one stays
   */
  async replace(
    path: string,
    swap: (key: string) => Promise<string | null>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const key = this.objects.newKey();
    try {
      await this.store.write(key, createReadStream(path), { signal });
      const old = await swap(key);
      if (old !== null) await this.drop(old);
      return true;
    } catch (error) {
      if (!signal.aborted) this.logger.warn({ reason: String(error) }, 'a checkpoint was not kept');
      await this.drop(key);
      return false;
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Never throws: what cannot be deleted now is swept later. */
  async drop(key: string): Promise<void> {
    try {
      await this.store.delete([key]);
    } catch (error) {
      this.logger.debug({ reason: String(error) }, 'a checkpoint stays until the next sweep');
    }
  }
}
