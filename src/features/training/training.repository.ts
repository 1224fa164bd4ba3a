// All SQL about trainings.

import { Injectable } from '@nestjs/common';
import type { JobData } from '../../contracts/events.js';
import type { Tier } from '../../contracts/scopes.js';
import type { TrainingLogLine, TrainingMetrics } from '../../contracts/training.js';
import { Database } from '../../infra/database/database.js';
import type { StoredJobState } from '../../infra/jobs/job.entity.js';
import { TrainingJobEntity } from './training-job.entity.js';

export type NewTraining = Pick<
  TrainingJobEntity,
  'jobId' | 'modelId' | 'ownerId' | 'datasetId' | 'request' | 'source'
>;

/** A training with its job as it stands; all null when the job is not kept any more. */
export interface TrainingRow extends TrainingJobEntity {
  readonly state: StoredJobState | null;
  readonly progress: number;
  readonly result: unknown;
  readonly error: JobData['error'];
  readonly attempts: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** What its end has to say. */
export interface EndedTraining {
  readonly modelId: string;
  readonly modelName: string;
  readonly version: number | null;
  readonly metrics: TrainingMetrics | null;
  readonly checkpointKey: string | null;
}

/** Older lines go. */
const LINES_KEPT = 200;

@Injectable()
export class TrainingRepository {
  constructor(private readonly database: Database) {}

  async insert(training: NewTraining): Promise<void> {
    await this.database.query(
      `INSERT INTO training_jobs (job_id, model_id, owner_id, dataset_id, request, source)
       VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb)`,
      [
        training.jobId,
        training.modelId,
        training.ownerId,
        training.datasetId,
        JSON.stringify(training.request),
        JSON.stringify(training.source),
      ],
    );
  }

  async find(ownerId: string, jobId: string): Promise<TrainingRow | undefined> {
    const [row] = await this.database.query<TrainingRow>(
      `${this.selection} WHERE training.owner_id = $1 AND training.job_id = $2`,
      [ownerId, jobId],
    );
    return row;
  }

  /**
   * Up to `limit + 1` trainings of a model, the newest first.
   * @param before the id of the last one shown so far
   */
  list(modelId: string, limit: number, before: string | undefined): Promise<TrainingRow[]> {
    return this.database.query<TrainingRow>(
      `${this.selection}
       WHERE training.model_id = $1 AND ($3::uuid IS NULL OR training.job_id < $3::uuid)
       ORDER BY training.job_id DESC LIMIT $2`,
      [modelId, limit + 1, before ?? null],
    );
  }

  /** For the job itself, whoever owns it. */
  async findForRun(jobId: string): Promise<TrainingJobEntity | undefined> {
    const [row] = await this.database.query<TrainingJobEntity>(
      `SELECT ${this.database.columns(TrainingJobEntity)} FROM training_jobs WHERE job_id = $1`,
      [jobId],
    );
    return row;
  }

  /** False when the training is gone with its model. */
  async appendLog(jobId: string, lines: readonly TrainingLogLine[]): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE training_jobs SET log = (
         SELECT jsonb_agg(line ORDER BY number) FROM (
           SELECT line, number FROM jsonb_array_elements(log || $2::jsonb) WITH ORDINALITY AS lines (line, number)
           ORDER BY number DESC LIMIT $3) AS kept)
       WHERE job_id = $1 RETURNING job_id`,
      [jobId, JSON.stringify(lines), LINES_KEPT],
    );
    return rows.length > 0;
  }

  /** Writes the key of a new checkpoint and returns the old one; undefined when the training is gone. */
  async swapCheckpoint(jobId: string, key: string): Promise<{ old: string | null } | undefined> {
    const [row] = await this.database.query<{ old: string | null }>(
      `UPDATE training_jobs AS training SET checkpoint_key = $2
       FROM (SELECT job_id, checkpoint_key FROM training_jobs WHERE job_id = $1 FOR UPDATE) AS before
       WHERE training.job_id = before.job_id RETURNING before.checkpoint_key AS old`,
      [jobId, key],
    );
    return row;
  }

  async markTrained(jobId: string, version: number, metrics: TrainingMetrics): Promise<void> {
    await this.database.query(
      'UPDATE training_jobs SET version = $2, metrics = $3::jsonb WHERE job_id = $1',
      [jobId, version, JSON.stringify(metrics)],
    );
  }

  /** Keeps the job as it ended, and forgets the checkpoint. Undefined when the training is gone. */
  async markEnded(jobId: string, job: JobData): Promise<EndedTraining | undefined> {
    const [row] = await this.database.query<EndedTraining>(
      `UPDATE training_jobs AS training SET ended = $2::jsonb, checkpoint_key = NULL
       FROM (SELECT training_jobs.job_id, checkpoint_key, models.name
             FROM training_jobs JOIN models ON models.id = training_jobs.model_id WHERE training_jobs.job_id = $1
             FOR UPDATE OF training_jobs) AS before
       WHERE training.job_id = before.job_id
       RETURNING training.model_id AS "modelId", before.name AS "modelName", training.version,
         training.metrics, before.checkpoint_key AS "checkpointKey"`,
      [jobId, JSON.stringify(job)],
    );
    return row;
  }

  /** The tier that the user has now, whatever a token says. */
  async tierOf(userId: string): Promise<Tier | undefined> {
    const [row] = await this.database.query<{ tier: Tier }>('SELECT tier FROM users WHERE id = $1', [userId]);
    return row?.tier;
  }

  private get selection(): string {
    return `SELECT ${this.database.columns(TrainingJobEntity, 'training')}, job.state, job.progress, job.result,
        job.error, job.attempts, job.created_at AS "createdAt", job.started_at AS "startedAt",
        job.finished_at AS "finishedAt"
      FROM training_jobs AS training LEFT JOIN jobs AS job ON job.id = training.job_id`;
  }
}
