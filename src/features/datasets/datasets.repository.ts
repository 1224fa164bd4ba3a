// All SQL about datasets.

import { Injectable } from '@nestjs/common';
import type { ColumnProfile, DatasetError, SampleRow } from '../../contracts/datasets.js';
import { Database } from '../../infra/database/database.js';
import type { JobFailure } from '../../infra/jobs/job.entity.js';
import { DatasetEntity } from './dataset.entity.js';

export type NewDataset = Pick<DatasetEntity, 'id' | 'ownerId' | 'fileId' | 'jobId' | 'delimiter' | 'decimal'>;

/** A dataset, and how its job stands: that may have ended without the dataset having heard of it. */
export interface DatasetRow extends DatasetEntity {
  /** Null when the job is not kept any more. */
  readonly jobState: string | null;
  readonly jobError: JobFailure | null;
}

export type ReadyDataset = Pick<DatasetEntity, 'delimiter' | 'decimal'> & {
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  readonly sample: readonly SampleRow[];
  readonly storageKey: string;
  readonly sha256: Buffer;
};

@Injectable()
export class DatasetsRepository {
  constructor(private readonly database: Database) {}

  async insert(dataset: NewDataset): Promise<void> {
    await this.database.query(
      `INSERT INTO datasets (id, owner_id, file_id, job_id, state, delimiter, decimal)
       VALUES ($1, $2, $3, $4, 'profiling', $5, $6)`,
      [dataset.id, dataset.ownerId, dataset.fileId, dataset.jobId, dataset.delimiter, dataset.decimal],
    );
  }

  async find(ownerId: string, id: string): Promise<DatasetRow | undefined> {
    const [row] = await this.database.query<DatasetRow>(
      `${this.selection} WHERE dataset.id = $2 AND dataset.owner_id = $1`,
      [ownerId, id],
    );
    return row;
  }

  /** Like find(), and nobody else changes the dataset before the transaction ends. */
  async findForChange(ownerId: string, id: string): Promise<DatasetRow | undefined> {
    const [row] = await this.database.query<DatasetRow>(
      `${this.selection} WHERE dataset.id = $2 AND dataset.owner_id = $1 FOR UPDATE OF dataset`,
      [ownerId, id],
    );
    return row;
  }

  /** The dataset, whoever owns it, for the job that profiles it. */
  async findForProfiling(id: string): Promise<DatasetEntity | undefined> {
    const [row] = await this.database.query<DatasetEntity>(
      `SELECT ${this.database.columns(DatasetEntity)} FROM datasets WHERE id = $1`,
      [id],
    );
    return row;
  }

  /**
   * Up to `limit + 1` datasets of one owner, the newest first.
   * @param before the id of the last one shown so far
   */
  list(ownerId: string, limit: number, before: string | undefined): Promise<DatasetRow[]> {
    return this.database.query<DatasetRow>(
      `${this.selection}
       WHERE dataset.owner_id = $1 AND ($3::uuid IS NULL OR dataset.id < $3::uuid)
       ORDER BY dataset.id DESC LIMIT $2`,
      [ownerId, limit + 1, before ?? null],
    );
  }

  /** Writes what was found; false when the dataset is gone or was finished before. */
  async markReady(id: string, found: ReadyDataset): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE datasets
       SET state = 'ready', error = NULL, rows = $2, columns = $3::jsonb, sample = $4::jsonb,
           storage_key = $5, sha256 = $6, delimiter = $7, decimal = $8
       WHERE id = $1 AND state = 'profiling' RETURNING id`,
      [
        id,
        found.rows,
        JSON.stringify(found.columns),
        JSON.stringify(found.sample),
        found.storageKey,
        found.sha256,
        found.delimiter,
        found.decimal,
      ],
    );
    return rows.length > 0;
  }

  /** Does nothing when the dataset is gone or was finished before. */
  async markInvalid(id: string, error: DatasetError): Promise<void> {
    await this.database.query(
      `UPDATE datasets SET state = 'invalid', error = $2::jsonb WHERE id = $1 AND state = 'profiling'`,
      [id, JSON.stringify(error)],
    );
  }

  async delete(id: string): Promise<void> {
    await this.database.query('DELETE FROM datasets WHERE id = $1', [id]);
  }

  /** Deletes all datasets of one owner and returns how many, and the keys of their tables. */
  async deleteOf(ownerId: string): Promise<{ count: number; storageKeys: string[] }> {
    const rows = await this.database.query<{ storageKey: string | null }>(
      'DELETE FROM datasets WHERE owner_id = $1 RETURNING storage_key AS "storageKey"',
      [ownerId],
    );
    const storageKeys = rows.flatMap(({ storageKey }) => (storageKey === null ? [] : [storageKey]));
    return { count: rows.length, storageKeys };
  }

  private get selection(): string {
    return `SELECT ${this.database.columns(DatasetEntity, 'dataset')},
        job.state AS "jobState", job.error AS "jobError"
      FROM datasets AS dataset LEFT JOIN jobs AS job ON job.id = dataset.job_id`;
  }
}
