// All SQL about models and their aliases.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { ModelEntity, type ModelRow } from './model.entity.js';

export type ModelContent = Pick<ModelEntity, 'name' | 'description' | 'visibility'>;

/** A model that has gone, and the revision that nothing about it may be older than. */
export type DeletedModel = Pick<ModelEntity, 'id' | 'revision'>;

@Injectable()
export class ModelsRepository {
  constructor(private readonly database: Database) {}

  async insert(id: string, ownerId: string, content: ModelContent): Promise<ModelRow> {
    const [row] = await this.database.query<ModelEntity>(
      `INSERT INTO models (id, owner_id, name, description, visibility, revision, last_number)
       VALUES ($1, $2, $3, $4, $5, 1, 0)
       RETURNING ${this.database.columns(ModelEntity)}`,
      [id, ownerId, content.name, content.description, content.visibility],
    );
    return { ...(row as ModelEntity), aliases: {} };
  }

  /** The model, whoever owns it. */
  async find(id: string): Promise<ModelRow | undefined> {
    const [row] = await this.database.query<ModelRow>(`SELECT ${this.columns} FROM models m WHERE id = $1`, [
      id,
    ]);
    return row;
  }

  /** Like find(), and nobody else changes the model or its aliases before the transaction ends. */
  async findForChange(id: string): Promise<ModelRow | undefined> {
    // Two statements: one alone would read the aliases as they were before it waited for the lock.
    await this.database.query('SELECT id FROM models WHERE id = $1 FOR UPDATE', [id]);
    return this.find(id);
  }

  /** Writes a model that findForChange() holds. */
  async update(id: string, { name, description, visibility }: ModelContent): Promise<void> {
    await this.database.query(
      'UPDATE models SET name = $2, description = $3, visibility = $4 WHERE id = $1',
      [id, name, description, visibility],
    );
  }

  /**
   * Says that a model which findForChange() holds has changed.
   * @returns the model as it is now
   */
  async touch(id: string): Promise<ModelRow> {
    await this.database.query('UPDATE models SET revision = revision + 1, updated_at = now() WHERE id = $1', [
      id,
    ]);
    return (await this.find(id)) as ModelRow;
  }

  /** The number of the next version of a model that findForChange() holds. */
  async takeNumber(id: string): Promise<number> {
    const [row] = await this.database.query<{ number: number }>(
      'UPDATE models SET last_number = last_number + 1 WHERE id = $1 RETURNING last_number AS number',
      [id],
    );
    if (!row) throw new Error('the model that is to get a version has gone');
    return row.number;
  }

  async setAlias(modelId: string, name: string, number: number): Promise<void> {
    await this.database.query(
      `INSERT INTO model_aliases (model_id, name, number) VALUES ($1, $2, $3)
       ON CONFLICT (model_id, name) DO UPDATE SET number = excluded.number`,
      [modelId, name, number],
    );
  }

  async deleteAlias(modelId: string, name: string): Promise<void> {
    await this.database.query('DELETE FROM model_aliases WHERE model_id = $1 AND name = $2', [modelId, name]);
  }

  async delete(id: string): Promise<void> {
    await this.database.query('DELETE FROM models WHERE id = $1', [id]);
  }

  /** Deletes the models of a user. */
  deleteOf(ownerId: string): Promise<DeletedModel[]> {
    return this.database.query<DeletedModel>(
      'DELETE FROM models WHERE owner_id = $1 RETURNING id, revision + 1 AS revision',
      [ownerId],
    );
  }

  /** Up to `limit` models of one owner, newest first. @param before id of the last one shown so far */
  listOf(
    ownerId: string,
    visibility: ModelEntity['visibility'] | undefined,
    before: string | undefined,
    limit: number,
  ): Promise<ModelRow[]> {
    return this.database.query<ModelRow>(
      `SELECT ${this.columns} FROM models m
       WHERE owner_id = $1 AND ($2::text IS NULL OR visibility = $2) AND ($3::uuid IS NULL OR id < $3)
       ORDER BY id DESC LIMIT $4`,
      [ownerId, visibility ?? null, before ?? null, limit],
    );
  }

  /** Up to `limit` public models of whoever, newest first. @param before as of listOf() */
  listPublic(before: string | undefined, limit: number): Promise<ModelRow[]> {
    return this.database.query<ModelRow>(
      `SELECT ${this.columns} FROM models m
       WHERE visibility = 'public' AND ($1::uuid IS NULL OR id < $1)
       ORDER BY id DESC LIMIT $2`,
      [before ?? null, limit],
    );
  }

  async count(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>('SELECT count(*) AS count FROM models');
    return row?.count ?? 0;
  }

  private get columns(): string {
    return `${this.database.columns(ModelEntity, 'm')},
      COALESCE((SELECT json_object_agg(a.name, a.number ORDER BY a.name) FROM model_aliases a
                WHERE a.model_id = m.id), '{}') AS aliases`;
  }
}
