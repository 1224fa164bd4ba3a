// The rules of trainings: who may start one, from what, and who sees it.

import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Principal } from '../../common/auth/principal.js';
import { AppError, type FieldError } from '../../common/errors/app-error.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import { Database } from '../../infra/database/database.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { DatasetsService, type UsableDataset } from '../datasets/datasets.service.js';
import { ModelsService } from '../models/models.service.js';
import { TrainingQueue } from './training-queue.js';
import {
  toTrainingResponse,
  type ListTrainingsRequest,
  type StartTrainingRequest,
  type TrainingResponse,
} from './training.dto.js';
import { TrainingRepository } from './training.repository.js';

const ORDER = 'trainings';
const positionSchema = z.tuple([z.uuid()]);

@Injectable()
export class TrainingService {
  constructor(
    private readonly database: Database,
    private readonly trainings: TrainingRepository,
    private readonly models: ModelsService,
    private readonly datasets: DatasetsService,
    private readonly jobs: Jobs,
    private readonly queue: TrainingQueue,
  ) {}

  /**
   * Accepts a training of the caller's model. It runs once the caller has fewer trainings than their tier allows.
   * @throws AppError model_not_found, not_model_owner, dataset_not_found, dataset_not_ready; validation_failed
   *   naming a target or feature that the dataset does not have
   */
  start(principal: Principal, modelId: string, request: StartTrainingRequest): Promise<TrainingResponse> {
    const ownerId = principal.userId;
    return this.database.transaction(async () => {
      await this.models.requireOwn(principal, modelId);
      const { datasetId, ...asked } = request;
      const dataset = await this.datasets.requireReady(principal, datasetId);
      requireColumns(request, dataset);
      const { storageKey, rows, hash } = dataset;
      const columns = dataset.columns.map(({ name, type }) => ({ name, type }));
      const { id: jobId } = await this.jobs.enqueue('training.run', { modelId }, { ownerId });
      await this.trainings.insert({
        jobId,
        modelId,
        ownerId,
        datasetId,
        request: { ...asked, features: asked.features ?? null },
        source: { storageKey, rows, columns, hash },
      });
      await this.queue.advance(ownerId);
      return this.get(principal, jobId);
    });
  }

  /**
   * Trainings of the caller's model, the newest first.
   * @throws AppError model_not_found, not_model_owner
   */
  async list(
    principal: Principal,
    modelId: string,
    { limit, cursor }: ListTrainingsRequest,
  ): Promise<Page<TrainingResponse>> {
    await this.models.requireOwn(principal, modelId);
    const [before] = readCursor(cursor, ORDER, positionSchema) ?? [];
    const rows = await this.trainings.list(modelId, limit, before);
    return toPage(rows, limit, ORDER, ({ jobId }) => [jobId], toTrainingResponse);
  }

  /** @throws AppError job_not_found, also when it is somebody else's */
  async get(principal: Principal, jobId: string): Promise<TrainingResponse> {
    const training = await this.trainings.find(principal.userId, jobId);
    if (!training) throw new AppError('job_not_found');
    return toTrainingResponse(training);
  }
}

/** @throws AppError validation_failed */
function requireColumns({ target, features = [] }: StartTrainingRequest, { columns }: UsableDataset): void {
  const known = new Set(columns.map(({ name }) => name));
  const errors: FieldError[] = [];
  if (!known.has(target)) errors.push({ path: 'target', message: noColumn(target) });
  const seen = new Set<string>();
  for (const [index, name] of features.entries()) {
    const path = `features.${index}`;
    if (!known.has(name)) errors.push({ path, message: noColumn(name) });
    else if (name === target) errors.push({ path, message: `“${name}” is the target.` });
    else if (seen.has(name)) errors.push({ path, message: `“${name}” is named twice.` });
    seen.add(name);
  }
  if (errors.length > 0) throw new AppError('validation_failed', { errors });
}

function noColumn(name: string): string {
  return `The dataset has no column “${name}”.`;
}
