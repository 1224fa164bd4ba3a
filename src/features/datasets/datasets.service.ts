// The rules of datasets: whose they are, and what happens when one comes or goes.

import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { requireMatch } from '../../common/http/etag.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import type { ColumnProfile } from '../../contracts/datasets.js';
import { Database } from '../../infra/database/database.js';
import type { ErasedUser } from '../../infra/erasure/erased-user.js';
import { ErasesUser } from '../../infra/erasure/erases-user.decorator.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { StoredObjects } from '../../infra/storage/stored-objects.js';
import { FileQuota } from '../files/file-quota.js';
import { FilesService } from '../files/files.service.js';
import { outlookOf } from './dataset-outlook.js';
import {
  toDatasetResponse,
  type CreateDatasetRequest,
  type DatasetResponse,
  type ListDatasetsRequest,
} from './datasets.dto.js';
import { DatasetsRepository, type DatasetRow } from './datasets.repository.js';

/** A dataset that can be learned from. */
export interface UsableDataset {
  readonly id: string;
  /** Of the Parquet file that read-table.ts reads. */
  readonly storageKey: string;
  readonly rows: number;
  /** In the order of the file. */
  readonly columns: readonly ColumnProfile[];
  /** SHA-256 of the table, in hexadecimal: the same data, the same hash. */
  readonly hash: string;
}

const ORDER = 'datasets';
const positionSchema = z.tuple([z.uuid()]);

@Injectable()
export class DatasetsService {
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetsRepository,
    private readonly files: FilesService,
    private readonly quota: FileQuota,
    private readonly jobs: Jobs,
    private readonly objects: StoredObjects,
  ) {}

  /**
   * Accepts a file as a dataset, and the job that reads it.
   * @throws AppError file_not_found, also when it is somebody else's
   */
  create(principal: Principal, request: CreateDatasetRequest): Promise<DatasetResponse> {
    const ownerId = principal.userId;
    return this.database.transaction(async () => {
      await this.files.require(ownerId, request.fileId);
      const id = uuidv7();
      const { id: jobId } = await this.jobs.enqueue('dataset.profile', { datasetId: id }, { ownerId });
      const { fileId, delimiter = null, decimal = null } = request;
      await this.datasets.insert({ id, ownerId, fileId, jobId, delimiter, decimal });
      return toDatasetResponse(await this.require(ownerId, id));
    });
  }

  /** The caller's own datasets, the newest first. */
  async list(principal: Principal, request: ListDatasetsRequest): Promise<Page<DatasetResponse>> {
    const [before] = readCursor(request.cursor, ORDER, positionSchema) ?? [];
    const rows = await this.datasets.list(principal.userId, request.limit, before);
    return toPage(rows, request.limit, ORDER, ({ id }) => [id], toDatasetResponse);
  }

  /** @throws AppError dataset_not_found, also when it is somebody else's */
  async get(principal: Principal, id: string): Promise<DatasetResponse> {
    return toDatasetResponse(await this.require(principal.userId, id));
  }

  /**
   * The table of a dataset of the caller, to learn from.
   * @throws AppError dataset_not_found, also when it is somebody else's; dataset_not_ready
   */
  async requireReady(principal: Principal, id: string): Promise<UsableDataset> {
    const dataset = await this.require(principal.userId, id);
    const { storageKey, rows, columns, sha256 } = dataset;
    const { state, error } = outlookOf(dataset);
    if (state !== 'ready' || storageKey === null || rows === null || !columns || !sha256) {
      throw new AppError('dataset_not_ready', {
        detail: error
          ? `The dataset cannot be used: ${error.detail}`
          : 'The dataset is still being profiled.',
      });
    }
    return { id, storageKey, rows, columns, hash: sha256.toString('hex') };
  }

  /**
   * Deletes a dataset and cancels what is still done for it. The file it was read from stays.
   * @param match value of If-Match, if the client sent one
   * @throws AppError dataset_not_found, stale_version
   */
  remove(principal: Principal, id: string, match: string | undefined): Promise<void> {
    return this.database.transaction(async () => {
      const seen = await this.require(principal.userId, id);
      requireMatch(match, toDatasetResponse(seen));
      // The job first, as it is when a job ends: so neither waits for the other in a circle.
      if (outlookOf(seen).state === 'profiling') await this.cancel(seen);
      const dataset = await this.datasets.findForChange(principal.userId, id);
      if (!dataset) throw new AppError('dataset_not_found');
      await this.datasets.delete(id);
      if (dataset.storageKey === null) return;
      await this.quota.giveBack(dataset.ownerId, await this.objects.release([dataset.storageKey]));
    });
  }

  /** Removes the datasets of a user and, after the commit, the bytes of their tables. */
  @ErasesUser('datasets')
  async erase(user: ErasedUser): Promise<number> {
    const { count, storageKeys } = await this.datasets.deleteOf(user.id);
    await this.objects.release(storageKeys);
    return count;
  }

  private async cancel({ jobId, ownerId }: DatasetRow): Promise<void> {
    try {
      await this.jobs.cancel(jobId, ownerId);
    } catch (error) {
      // Ended a moment ago: it finds no dataset to write to.
      if (!(error instanceof AppError && error.code === 'job_already_finished')) throw error;
    }
  }

  private async require(ownerId: string, id: string): Promise<DatasetRow> {
    const dataset = await this.datasets.find(ownerId, id);
    if (!dataset) throw new AppError('dataset_not_found');
    return dataset;
  }
}
