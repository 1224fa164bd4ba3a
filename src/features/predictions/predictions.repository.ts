// All SQL about predictions.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { deleteAged } from '../../infra/database/delete-aged.js';
import type { JobFailure } from '../../infra/jobs/job.entity.js';
import type { Predictions } from '../../infra/learning/artifact/predictor.js';
import { PredictionEntity } from './prediction.entity.js';

export interface CompletedPrediction {
  readonly id: string;
  readonly ownerId: string;
  readonly modelId: string;
  readonly version: number;
  readonly input: unknown;
  readonly rows: number;
  readonly result: Predictions;
  readonly cached: boolean;
  /** RFC 3339. */
  readonly createdAt: string;
}

export type PendingPrediction = Omit<CompletedPrediction, 'result' | 'cached'> & { readonly jobId: string };

const PURGE_BATCH = 1_000;
const KEPT_DAYS = 30;

@Injectable()
export class PredictionsRepository {
  constructor(private readonly database: Database) {}

  /** Lets the open transaction wait for a computation, longer than a forgotten one may. */
  async waitWithin(milliseconds: number): Promise<void> {
    await this.database.query(`SELECT set_config('idle_in_transaction_session_timeout', $1, true)`, [
      String(milliseconds),
    ]);
  }

  /** Writes predictions; those that are there already, or whose owner has gone, are left out. */
  async insertCompleted(predictions: readonly CompletedPrediction[]): Promise<void> {
    await this.database.query(
      `INSERT INTO predictions (id, owner_id, model_id, version, state, input, rows, result, cached, created_at)
       SELECT p.id, p."ownerId", p."modelId", p.version, 'completed', p.input, p.rows, p.result, p.cached,
         p."createdAt"
       FROM jsonb_to_recordset($1::jsonb) AS p (
         id uuid, "ownerId" uuid, "modelId" uuid, version int, input jsonb, rows int, result jsonb,
         cached boolean, "createdAt" timestamptz)
       JOIN users u ON u.id = p."ownerId"
       ON CONFLICT (id) DO NOTHING`,
      [JSON.stringify(predictions)],
    );
  }

  async insertPending(prediction: PendingPrediction): Promise<void> {
    const { id, ownerId, modelId, version, input, rows, jobId, createdAt } = prediction;
    await this.database.query(
      `INSERT INTO predictions (id, owner_id, model_id, version, state, input, rows, cached, job_id, created_at)
       VALUES ($1, $2, $3, $4, 'pending', $5, $6, false, $7, $8)`,
      [id, ownerId, modelId, version, JSON.stringify(input), rows, jobId, createdAt],
    );
  }

  /** The prediction that waits for its result, whoever asked. */
  async findPending(id: string): Promise<PredictionEntity | undefined> {
    const [row] = await this.database.query<PredictionEntity>(
      `SELECT ${this.columns} FROM predictions WHERE id = $1 AND state = 'pending'`,
      [id],
    );
    return row;
  }

  /** Gives a pending prediction its result; false when it does not wait any more. */
  async complete(id: string, result: Predictions): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE predictions SET state = 'completed', result = $2 WHERE id = $1 AND state = 'pending' RETURNING id`,
      [id, JSON.stringify(result)],
    );
    return rows.length > 0;
  }

  /** The job of a prediction has failed or was canceled. */
  async fail(jobId: string, error: JobFailure): Promise<void> {
    await this.database.query(
      `UPDATE predictions SET state = 'failed', error = $2 WHERE job_id = $1 AND state = 'pending'`,
      [jobId, JSON.stringify(error)],
    );
  }

  /** The job of a failed prediction was started over. */
  async startOver(jobId: string): Promise<void> {
    await this.database.query(
      `UPDATE predictions SET state = 'pending', error = NULL WHERE job_id = $1 AND state = 'failed'`,
      [jobId],
    );
  }

  async find(ownerId: string, id: string): Promise<PredictionEntity | undefined> {
    const [row] = await this.database.query<PredictionEntity>(
      `SELECT ${this.columns} FROM predictions WHERE owner_id = $1 AND id = $2`,
      [ownerId, id],
    );
    return row;
  }

  /** Up to `limit` predictions of one user, newest first. @param before id of the last one shown so far */
  list(
    ownerId: string,
    modelId: string | undefined,
    before: string | undefined,
    limit: number,
  ): Promise<PredictionEntity[]> {
    return this.database.query<PredictionEntity>(
      `SELECT ${this.columns} FROM predictions
       WHERE owner_id = $1 AND ($2::uuid IS NULL OR model_id = $2) AND ($3::uuid IS NULL OR id < $3)
       ORDER BY id DESC LIMIT $4`,
      [ownerId, modelId ?? null, before ?? null, limit],
    );
  }

  /** Removes one batch of what need not be kept; returns how many. */
  purgeBatch(): Promise<number> {
    const aged = { table: 'predictions', since: 'created_at', days: KEPT_DAYS, batch: PURGE_BATCH };
    return deleteAged(this.database, aged);
  }

  private get columns(): string {
    return this.database.columns(PredictionEntity);
  }
}
