// Versions of models: how one comes to be, and who sees it.

import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import { userStream } from '../../contracts/events.js';
import { Database } from '../../infra/database/database.js';
import { Events } from '../../infra/events/events.js';
import { modelManifestSchema } from '../../infra/learning/artifact/model-manifest.js';
import { StoredObjects } from '../../infra/storage/stored-objects.js';
import { FileQuota } from '../files/file-quota.js';
import { LATEST } from './model-alias.entity.js';
import { ModelHeads } from './model-heads.js';
import type { ModelVersionEntity } from './model-version.entity.js';
import {
  toVersionDetails,
  toVersionResponse,
  type ListVersionsRequest,
  type VersionDetails,
  type VersionResponse,
} from './model-versions.dto.js';
import {
  ModelVersionsRepository,
  type ModelVersionRow,
  type NewModelVersion,
} from './model-versions.repository.js';
import { ModelsRepository } from './models.repository.js';
import { ModelsService } from './models.service.js';

/** What a training leaves. */
export interface TrainedVersion {
  readonly modelId: string;
  readonly trainingJobId: string;
  /** manifest.json, as the training wrote it. */
  readonly manifestBytes: Uint8Array;
  /** Where model.bin has been written; its row is made here. */
  readonly storageKey: string;
}

export type VersionContent = Omit<NewModelVersion, 'id' | 'number' | 'manifestSha256'>;

const ORDER = 'model-versions';
const positionSchema = z.tuple([z.int()]);

@Injectable()
export class ModelVersions {
  constructor(
    private readonly database: Database,
    private readonly models: ModelsRepository,
    private readonly versions: ModelVersionsRepository,
    private readonly access: ModelsService,
    private readonly heads: ModelHeads,
    private readonly objects: StoredObjects,
    private readonly events: Events,
    private readonly quota: FileQuota,
  ) {}

  /**
   * Makes a version of what a training left, in the open transaction: call it last, because it locks the
   * owner's stream. The same job again changes nothing; the bytes it brought are left to the sweeper then.
   * @returns the number of the version of this job
   * @throws AppError model_not_found, quota_exceeded
   */
  async addTrained(trained: TrainedVersion): Promise<number> {
    if (!this.database.inTransaction) throw new Error('a version needs the transaction of its training');
    const { modelId, trainingJobId, manifestBytes, storageKey } = trained;
    const manifest = modelManifestSchema.parse(JSON.parse(new TextDecoder().decode(manifestBytes)));
    const model = await this.models.findForChange(modelId);
    if (!model) throw new AppError('model_not_found');
    const existing = await this.versions.findByTrainingJob(trainingJobId);
    if (existing) return existing.number;
    const { bytes, sha256 } = manifest.files['model.bin'];
    const { number } = await this.add(model.ownerId, {
      modelId,
      source: 'training',
      algorithm: manifest.algorithm,
      task: manifest.task,
      features: manifest.features,
      target: manifest.target,
      classes: manifest.classes ?? null,
      metrics: manifest.metrics,
      importance: manifest.importance,
      learningCurve: manifest.learningCurve,
      manifest: Buffer.from(manifestBytes),
      storageKey,
      sha256: Buffer.from(sha256, 'hex'),
      sizeBytes: bytes,
      trainingJobId,
    });
    return number;
  }

  /**
   * Makes a version of a file that was checked and stored.
   * @throws AppError model_not_found, not_model_owner, quota_exceeded
   */
  addUploaded(
    principal: Principal,
    content: Omit<VersionContent, 'source' | 'trainingJobId'>,
  ): Promise<VersionResponse> {
    return this.database.transaction(async () => {
      await this.access.takeOwn(principal, content.modelId);
      const source = 'upload' as const;
      return toVersionResponse(await this.add(principal.userId, { ...content, source, trainingJobId: null }));
    });
  }

  /** Versions of a model that the caller may read, newest first. @throws AppError model_not_found */
  async list(
    principal: Principal,
    modelId: string,
    { limit, cursor }: ListVersionsRequest,
  ): Promise<Page<VersionResponse>> {
    await this.access.requireReadable(principal, modelId);
    const [before] = readCursor(cursor, ORDER, positionSchema) ?? [];
    const rows = await this.versions.list(modelId, before, limit + 1);
    return toPage(rows, limit, ORDER, ({ number }) => [number], toVersionResponse);
  }

  /** @throws AppError model_not_found, model_version_not_found */
  async get(principal: Principal, modelId: string, number: number): Promise<VersionDetails> {
    await this.access.requireReadable(principal, modelId);
    return toVersionDetails(await this.require(modelId, number));
  }

  /** The version, whoever asks. @throws AppError model_version_not_found */
  async require(modelId: string, number: number): Promise<ModelVersionRow> {
    const version = await this.versions.find(modelId, number);
    if (!version) throw new AppError('model_version_not_found');
    return version;
  }

  /** The version with what reading its bytes needs. @throws AppError model_version_not_found */
  async requireWhole(modelId: string, number: number): Promise<ModelVersionEntity> {
    const version = await this.versions.findWhole(modelId, number);
    if (!version) throw new AppError('model_version_not_found');
    return version;
  }

  /** Adds a version to a model that is locked. */
  private async add(ownerId: string, content: VersionContent): Promise<ModelVersionRow> {
    const { modelId, storageKey, sizeBytes, manifest } = content;
    await this.objects.keep(storageKey, sizeBytes);
    const number = await this.models.takeNumber(modelId);
    const manifestSha256 = createHash('sha256').update(manifest).digest();
    const version = await this.versions.insert({ id: uuidv7(), number, manifestSha256, ...content });
    await this.quota.takeFor(ownerId, sizeBytes);
    await this.models.setAlias(modelId, LATEST, number);
    const { revision } = await this.models.touch(modelId);
    this.heads.changed(modelId, revision);
    await this.events.append(userStream(ownerId), 'model.version_created', { modelId, version: number });
    return version;
  }
}
