// The rules of predictions: who may ask what, what comes from the cache, and that everything answered is kept.

import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import { Database } from '../../infra/database/database.js';
import type { FeatureRow } from '../../infra/learning/feature-rows.js';
import { Metrics } from '../../infra/metrics/metrics.js';
import { ONNX_LIMITS } from '../../infra/onnx/onnx-process.js';
import { ModelsService, numberOf } from '../models/models.service.js';
import { askedOf, namingInput, type Asked } from './asked-prediction.js';
import { PredictionCache, type Finding } from './prediction-cache.js';
import { hashOf } from './prediction-input.js';
import { PredictionNotes } from './prediction-notes.js';
import {
  toPredictionItem,
  toPredictionRecord,
  type CreatePredictionRequest,
  type ListPredictionsRequest,
  type PredictionItem,
  type PredictionRecord,
  type PredictionResponse,
} from './predictions.dto.js';
import { PredictionsRepository, type CompletedPrediction } from './predictions.repository.js';
import { Predictors } from './predictors.js';
import { SharedComputations, type ComputedResult } from './shared-computations.js';

const ORDER = 'predictions';
/** Of a transaction, for a model in another process, which may take its time. */
const PATIENCE_MS = ONNX_LIMITS.timeoutMs + 15_000;
const positionSchema = z.tuple([z.uuid()]);

interface Answer extends ComputedResult {
  readonly number: number;
}

@Injectable()
export class PredictionsService {
  constructor(
    private readonly database: Database,
    private readonly models: ModelsService,
    private readonly predictors: Predictors,
    private readonly cache: PredictionCache,
    private readonly computations: SharedComputations,
    private readonly notes: PredictionNotes,
    private readonly predictions: PredictionsRepository,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Answers at once: from the cache, or by computing.
   * @throws AppError model_not_found, model_version_not_found, model_damaged; validation_failed naming the
   *   feature
   */
  async predict(principal: Principal, request: CreatePredictionRequest): Promise<PredictionResponse> {
    const asked = askedOf(principal, request);
    const hash = hashOf(asked.rows);
    const { modelId, version: selector } = request;
    // A transaction keeps its own history: what it rolls back has not happened.
    const noted = !this.database.inTransaction && this.notes.hasRoom;
    const question = { id: asked.note.id, userId: principal.userId, modelId, selector, hash };
    const found = await this.cache.lookUp(
      question,
      noted ? this.notes.textOf({ ...asked.note, cached: true }) : '',
    );
    const hit = found.kind === 'hit';
    const answer = hit
      ? { number: found.number, result: found.result, cached: true }
      : await namingInput(request.input, () => this.answer(principal, request, asked.rows, hash, found));
    this.metrics.cacheLookedUp('predictions', answer.cached ? 'hit' : 'miss');
    const prediction = completed(asked, answer);
    if (hit && noted) this.notes.add(prediction);
    else await this.predictions.insertCompleted([prediction]);
    return responseOf(prediction);
  }

  /** What the caller has asked, newest first. */
  async list(principal: Principal, request: ListPredictionsRequest): Promise<Page<PredictionItem>> {
    const { limit, cursor, modelId } = request;
    const [before] = readCursor(cursor, ORDER, positionSchema) ?? [];
    await this.notes.settle();
    const rows = await this.predictions.list(principal.userId, modelId, before, limit + 1);
    return toPage(
      rows,
      limit,
      ORDER,
      ({ id }) => [id],
      (row) => toPredictionItem(row),
    );
  }

  /** @throws AppError prediction_not_found */
  async get(principal: Principal, id: string): Promise<PredictionRecord> {
    await this.notes.settle();
    const prediction = await this.predictions.find(principal.userId, id);
    if (!prediction) throw new AppError('prediction_not_found');
    return toPredictionRecord(prediction);
  }

  /** The database says what counts, and then either the cache or the model answers. */
  private async answer(
    principal: Principal,
    { modelId, version }: CreatePredictionRequest,
    rows: readonly FeatureRow[],
    hash: string,
    found: Finding,
  ): Promise<Answer> {
    const model = await this.models.requireReadable(principal, modelId);
    const number = numberOf(model, version);
    if (this.database.inTransaction) await this.predictions.waitWithin(PATIENCE_MS);
    if (found.kind === 'off') {
      return { number, result: await this.compute(modelId, number, rows), cached: false };
    }
    const key = this.cache.keyOf(model, number, hash);
    // A miss under the revision that the database confirms needs no second head.
    const known = found.kind === 'miss' && found.revision === model.revision;
    const kept = known ? undefined : await this.cache.offer(model, key);
    if (kept !== undefined) return { number, result: kept, cached: true };
    const computed = await this.computations.run(key, () => this.compute(modelId, number, rows));
    return { number, ...computed };
  }

  private async compute(modelId: string, number: number, rows: readonly FeatureRow[]): Promise<string> {
    const model = await this.predictors.get(modelId, number);
    return JSON.stringify(await model.predict(rows));
  }
}

function completed(asked: Asked, { number, result, cached }: Answer): CompletedPrediction {
  return {
    ...asked.note,
    version: number,
    result: JSON.parse(result) as CompletedPrediction['result'],
    cached,
  };
}

function responseOf(prediction: CompletedPrediction): PredictionResponse {
  const { id, modelId, version, result, cached, createdAt } = prediction;
  return { id, modelId, version, ...result, cached, createdAt };
}
