// All SQL about the versions of models.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { ModelVersionEntity } from './model-version.entity.js';

export type NewModelVersion = Omit<ModelVersionEntity, 'model' | 'storedObject' | 'createdAt'>;

/** A version as it is shown: without what only reading its bytes needs. */
export type ModelVersionRow = Omit<ModelVersionEntity, 'manifest' | 'manifestSha256'>;

@Injectable()
export class ModelVersionsRepository {
  constructor(private readonly database: Database) {}

  async insert(version: NewModelVersion): Promise<ModelVersionRow> {
    const [row] = await this.database.query<ModelVersionRow>(
      `INSERT INTO model_versions (
         id, model_id, number, source, algorithm, task, features, target, classes, metrics, importance,
         learning_curve, manifest, manifest_sha256, storage_key, sha256, size_bytes, training_job_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
       RETURNING ${this.columns}`,
      [
        version.id,
        version.modelId,
        version.number,
        version.source,
        version.algorithm,
        version.task,
        JSON.stringify(version.features),
        version.target,
        jsonOrNull(version.classes),
        jsonOrNull(version.metrics),
        jsonOrNull(version.importance),
        jsonOrNull(version.learningCurve),
        version.manifest,
        version.manifestSha256,
        version.storageKey,
        version.sha256,
        version.sizeBytes,
        version.trainingJobId,
      ],
    );
    return row as ModelVersionRow;
  }

  async find(modelId: string, number: number): Promise<ModelVersionRow | undefined> {
    const [row] = await this.database.query<ModelVersionRow>(
      `SELECT ${this.columns} FROM model_versions WHERE model_id = $1 AND number = $2`,
      [modelId, number],
    );
    return row;
  }

  /** With everything that reading its bytes needs. */
  async findWhole(modelId: string, number: number): Promise<ModelVersionEntity | undefined> {
    const [row] = await this.database.query<ModelVersionEntity>(
      `SELECT ${this.columns}, manifest, manifest_sha256 AS "manifestSha256"
       FROM model_versions WHERE model_id = $1 AND number = $2`,
      [modelId, number],
    );
    return row;
  }

  async findByTrainingJob(trainingJobId: string): Promise<ModelVersionRow | undefined> {
    const [row] = await this.database.query<ModelVersionRow>(
      `SELECT ${this.columns} FROM model_versions WHERE training_job_id = $1`,
      [trainingJobId],
    );
    return row;
  }

  /** Up to `limit` versions of a model, newest first. @param before number of the last one shown so far */
  list(modelId: string, before: number | undefined, limit: number): Promise<ModelVersionRow[]> {
    return this.database.query<ModelVersionRow>(
      `SELECT ${this.columns} FROM model_versions
       WHERE model_id = $1 AND ($2::int IS NULL OR number < $2)
       ORDER BY number DESC LIMIT $3`,
      [modelId, before ?? null, limit],
    );
  }

  /** Keys of the stored bytes of a model. */
  async storageKeysOf(modelId: string): Promise<string[]> {
    const rows = await this.database.query<{ storageKey: string }>(
      'SELECT storage_key AS "storageKey" FROM model_versions WHERE model_id = $1',
      [modelId],
    );
    return rows.map(({ storageKey }) => storageKey);
  }

  /** Keys of the stored bytes of all models of a user, whose rows stay locked. */
  async storageKeysOfOwner(ownerId: string): Promise<string[]> {
    await this.database.query('SELECT id FROM models WHERE owner_id = $1 ORDER BY id FOR UPDATE', [ownerId]);
    const rows = await this.database.query<{ storageKey: string }>(
      `SELECT v.storage_key AS "storageKey" FROM model_versions v JOIN models m ON m.id = v.model_id
       WHERE m.owner_id = $1`,
      [ownerId],
    );
    return rows.map(({ storageKey }) => storageKey);
  }

  private get columns(): string {
    return this.database.columns(ModelVersionEntity);
  }
}

/** Lists have to go as text: the driver would send an array of PostgreSQL. */
function jsonOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
