// The rules of models: who may see and change them, and that every change is seen by the next prediction.

import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { requireMatch } from '../../common/http/etag.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import { Database } from '../../infra/database/database.js';
import type { ErasedUser } from '../../infra/erasure/erased-user.js';
import { ErasesUser } from '../../infra/erasure/erases-user.decorator.js';
import { Counts } from '../../infra/statistics/counts.decorator.js';
import { StoredObjects } from '../../infra/storage/stored-objects.js';
import { FileQuota } from '../files/file-quota.js';
import { LATEST } from './model-alias.entity.js';
import type { ModelRow } from './model.entity.js';
import { ModelHeads } from './model-heads.js';
import { ModelVersionsRepository } from './model-versions.repository.js';
import {
  toModelResponse,
  type ChangeModelRequest,
  type CreateModelRequest,
  type ListModelsRequest,
  type ModelResponse,
  type VersionSelector,
} from './models.dto.js';
import { ModelsRepository, type ModelContent } from './models.repository.js';

/** Who wants to see a model. */
export type Reader = Pick<Principal, 'userId'>;

const ORDER = 'models';
const positionSchema = z.tuple([z.uuid()]);

@Injectable()
export class ModelsService {
  constructor(
    private readonly database: Database,
    private readonly models: ModelsRepository,
    private readonly versions: ModelVersionsRepository,
    private readonly heads: ModelHeads,
    private readonly objects: StoredObjects,
    private readonly quota: FileQuota,
  ) {}

  async create(principal: Principal, request: CreateModelRequest): Promise<ModelResponse> {
    return toModelResponse(await this.models.insert(uuidv7(), principal.userId, request));
  }

  /** The caller's models; with `visibility=public` those that everybody may ask. Newest first. */
  async list(principal: Principal, request: ListModelsRequest): Promise<Page<ModelResponse>> {
    const { limit, cursor, visibility } = request;
    const order = `${ORDER}:${visibility ?? 'own'}`;
    const [before] = readCursor(cursor, order, positionSchema) ?? [];
    const rows =
      visibility === 'public'
        ? await this.models.listPublic(before, limit + 1)
        : await this.models.listOf(principal.userId, visibility, before, limit + 1);
    return toPage(rows, limit, order, ({ id }) => [id], toModelResponse);
  }

  /** @throws AppError model_not_found */
  async get(principal: Principal, id: string): Promise<ModelResponse> {
    return toModelResponse(await this.requireReadable(principal, id));
  }

  /**
   * Writes a model anew.
   * @param match value of If-Match, if the client sent one
   * @throws AppError model_not_found, not_model_owner, stale_version
   */
  replace(
    principal: Principal,
    id: string,
    request: CreateModelRequest,
    match: string | undefined,
  ): Promise<ModelResponse> {
    return this.write(principal, id, match, () => request);
  }

  /** Changes the given fields of a model. Parameters and errors as replace(). */
  change(
    principal: Principal,
    id: string,
    request: ChangeModelRequest,
    match: string | undefined,
  ): Promise<ModelResponse> {
    return this.write(principal, id, match, ({ name, description, visibility }) => ({
      name: request.name ?? name,
      description: request.description ?? description,
      visibility: request.visibility ?? visibility,
    }));
  }

  /**
   * Deletes a model with all its versions; their bytes go after the commit.
   * @throws AppError model_not_found, not_model_owner, stale_version
   */
  remove(principal: Principal, id: string, match: string | undefined): Promise<void> {
    return this.database.transaction(async () => {
      const model = await this.takeOwn(principal, id);
      requireMatch(match, toModelResponse(model));
      const keys = await this.versions.storageKeysOf(id);
      await this.models.delete(id);
      await this.quota.giveBack(model.ownerId, await this.objects.release(keys));
      this.heads.changed(id, model.revision + 1);
    });
  }

  /**
   * Points an alias at a version; a new alias is made.
   * @throws AppError model_not_found, not_model_owner, model_version_not_found, model_alias_limit_reached
   */
  setAlias(principal: Principal, id: string, name: string, number: number): Promise<ModelResponse> {
    return this.database.transaction(async () => {
      const model = await this.takeOwn(principal, id);
      if (!(await this.versions.find(id, number))) throw new AppError('model_version_not_found');
      if (!Object.hasOwn(model.aliases, name) && Object.keys(model.aliases).length >= MOST_ALIASES) {
        throw new AppError('model_alias_limit_reached');
      }
      await this.models.setAlias(id, name, number);
      return this.changed(id);
    });
  }

  /** @throws AppError model_not_found, not_model_owner, model_alias_not_found, model_alias_stays */
  removeAlias(principal: Principal, id: string, name: string): Promise<void> {
    return this.database.transaction(async () => {
      const model = await this.takeOwn(principal, id);
      if (!Object.hasOwn(model.aliases, name)) throw new AppError('model_alias_not_found');
      if (name === LATEST) throw new AppError('model_alias_stays');
      await this.models.deleteAlias(id, name);
      await this.changed(id);
    });
  }

  /** The caller's own model, or a public one. @throws AppError model_not_found */
  async requireReadable(principal: Reader, id: string): Promise<ModelRow> {
    return readable(principal, await this.models.find(id));
  }

  /**
   * The caller's own model.
   * @throws AppError model_not_found; not_model_owner for a public one of somebody else
   */
  async requireOwn(principal: Principal, id: string): Promise<ModelRow> {
    return owned(principal, await this.models.find(id));
  }

  /** Like requireOwn(), and nobody else changes the model before the open transaction ends. */
  async takeOwn(principal: Principal, id: string): Promise<ModelRow> {
    return owned(principal, await this.models.findForChange(id));
  }

  /** How many models there are. */
  @Counts('models')
  count(): Promise<number> {
    return this.models.count();
  }

  /** Removes the models of a user and, after the commit, their bytes. */
  @ErasesUser('models')
  async erase(user: ErasedUser): Promise<number> {
    const keys = await this.versions.storageKeysOfOwner(user.id);
    const deleted = await this.models.deleteOf(user.id);
    await this.objects.release(keys);
    for (const { id, revision } of deleted) this.heads.changed(id, revision);
    return deleted.length;
  }

  private write(
    principal: Principal,
    id: string,
    match: string | undefined,
    contentOf: (model: ModelRow) => ModelContent,
  ): Promise<ModelResponse> {
    return this.database.transaction(async () => {
      const model = await this.takeOwn(principal, id);
      requireMatch(match, toModelResponse(model));
      await this.models.update(id, contentOf(model));
      return this.changed(id);
    });
  }

  /** Says that the locked model has changed. */
  private async changed(id: string): Promise<ModelResponse> {
    const model = await this.models.touch(id);
    this.heads.changed(id, model.revision);
    return toModelResponse(model);
  }
}

/** Each of them stands in every head. */
const MOST_ALIASES = 50;

function readable(principal: Reader, model: ModelRow | undefined): ModelRow {
  const mayRead = model && (model.ownerId === principal.userId || model.visibility === 'public');
  if (!mayRead) throw new AppError('model_not_found');
  return model;
}

function owned(principal: Principal, model: ModelRow | undefined): ModelRow {
  const found = readable(principal, model);
  if (found.ownerId !== principal.userId) throw new AppError('not_model_owner');
  return found;
}

/**
 * The number that a version's number or alias means.
 * @throws AppError model_version_not_found for an unknown alias; a number is given back as it is
 */
export function numberOf(model: ModelRow, selector: VersionSelector): number {
  if (typeof selector === 'number') return selector;
  const number = Object.hasOwn(model.aliases, selector) ? model.aliases[selector] : undefined;
  if (number !== undefined) return number;
  const detail = selector === LATEST ? 'The model has no version yet.' : 'The model has no such alias.';
  throw new AppError('model_version_not_found', { detail });
}
