// From a stored file to a stored table: where the bytes are, who reads them, and what becomes of failures.

import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import type { DatasetError } from '../../contracts/datasets.js';
import { ChildFailure } from '../../infra/child-process/child-failure.js';
import { withWorkDirectory } from '../../infra/child-process/work-directory.js';
import { ObjectStore } from '../../infra/storage/object-store.js';
import { StoredObjects } from '../../infra/storage/stored-objects.js';
import { csvSizeError } from '../../infra/tabular/csv-size.js';
import { profileInChild, type ProfileOptions } from '../../infra/tabular/csv-profiler.js';
import type { ReadyProfile } from '../../infra/tabular/profile-csv.js';
import type { FileEntity } from '../files/file.entity.js';
import { FilesService } from '../files/files.service.js';
import type { DatasetEntity } from './dataset.entity.js';
import type { ReadyDataset } from './datasets.repository.js';

export type Profiling =
  | { readonly kind: 'ready'; readonly found: ReadyDataset; readonly size: number }
  | { readonly kind: 'invalid'; readonly error: DatasetError };

@Injectable()
export class DatasetProfiling {
  constructor(
    private readonly files: FilesService,
    private readonly store: ObjectStore,
    private readonly objects: StoredObjects,
  ) {}

  /**
   * Reads the file of a dataset and stores the table. Whoever does not use the table leaves its bytes to the
   * sweeper.
   * @throws ChildFailure when the reading process died of something that is not the file's fault; the signal's
   *   reason; AppError service_unavailable or storage_full of the store
   */
  async profile(dataset: DatasetEntity, options: ProfileOptions): Promise<Profiling> {
    const file = await this.fileOf(dataset);
    if (!file) {
      return invalid({ code: 'file_gone', detail: 'The file was deleted before it was read.' });
    }
    const tooLarge = csvSizeError(file.size);
    if (tooLarge) return invalid(tooLarge);
    return withWorkDirectory(async (directory) => {
      const path = await this.localCopy(file, directory, options.signal);
      const { delimiter, decimal } = dataset;
      try {
        const outcome = await profileInChild({ path, directory, delimiter, decimal }, options);
        return outcome.kind === 'ready' ? await this.storeTable(outcome, options.signal) : outcome;
      } catch (error) {
        return invalid(tooComplex(error));
      }
    });
  }

  private async fileOf({ ownerId, fileId }: DatasetEntity): Promise<FileEntity | undefined> {
    if (fileId === null) return undefined;
    try {
      return await this.files.require(ownerId, fileId);
    } catch (error) {
      if (error instanceof AppError && error.code === 'file_not_found') return undefined;
      throw error;
    }
  }

  /** A path with the bytes of the file: where the store keeps them, or a copy in `directory`. */
  private async localCopy(file: FileEntity, directory: string, signal: AbortSignal): Promise<string> {
    const path = this.store.localPath(file.storageKey);
    if (path !== undefined) return path;
    const copy = join(directory, 'source');
    await pipeline(await this.store.read(file.storageKey), createWriteStream(copy), { signal });
    return copy;
  }

  private async storeTable(profile: ReadyProfile, signal: AbortSignal): Promise<Profiling> {
    const { rows, columns, sample, delimiter, decimal, parquet } = profile;
    const { size } = await stat(parquet);
    const storageKey = this.objects.newKey();
    await this.store.write(storageKey, createReadStream(parquet), { signal, size });
    const sha256 = Buffer.from(profile.sha256, 'hex');
    return {
      kind: 'ready',
      found: { rows, columns, sample, delimiter, decimal, storageKey, sha256 },
      size,
    };
  }
}

function invalid(error: DatasetError): Profiling {
  return { kind: 'invalid', error };
}

/**
 * What a failure says about the file: reading it again would take as long, or as much memory.
 * @throws the failure itself when it says nothing about the file
 */
function tooComplex(error: unknown): DatasetError {
  if (error instanceof ChildFailure && error.reason === 'timed_out') {
    return { code: 'too_complex', detail: 'Reading the file takes longer than it may.' };
  }
  if (error instanceof ChildFailure && error.reason === 'out_of_memory') {
    return { code: 'too_complex', detail: 'Reading the file takes more memory than it may.' };
  }
  throw error;
}
