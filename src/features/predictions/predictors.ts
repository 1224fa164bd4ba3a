// Versions of models that are ready to answer, in the memory of this process. A version never changes, so one that
// is loaded stays right.

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../common/errors/app-error.js';
import type { OnnxSignature } from '../../infra/onnx/onnx-messages.js';
import { OnnxRunner } from '../../infra/onnx/onnx-runner.js';
import { ModelArtifacts } from '../models/model-artifacts.js';
import type { ModelVersionEntity } from '../models/model-version.entity.js';
import { ModelVersions } from '../models/model-versions.js';
import { TrainedLoadedModel, type LoadedModel } from './loaded-model.js';
import { OnnxLoadedModel } from './onnx-loaded-model.js';

/** All loaded versions together, about. */
const MOST_BYTES = 256 * 1_024 * 1_024;
/** Of memory for each byte of a stored model. */
const BYTES_PER_BYTE = 3;
const BYTES_PER_MODEL = 64 * 1_024;

interface Loaded {
  readonly model: LoadedModel;
  readonly bytes: number;
}

@Injectable()
export class Predictors {
  private readonly loaded = new LRUCache<string, Loaded, { modelId: string; number: number }>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
    // One load for all who wait for it; one that fails is not kept.
    fetchMethod: (_key, _stale, { context }) => this.load(context.modelId, context.number),
  });

  constructor(
    private readonly versions: ModelVersions,
    private readonly artifacts: ModelArtifacts,
    private readonly onnx: OnnxRunner,
  ) {}

  /**
   * A version that is ready to answer. Whether the caller may ask it has been decided before.
   * @throws AppError model_version_not_found, model_damaged, service_unavailable
   */
  async get(modelId: string, number: number): Promise<LoadedModel> {
    const loaded = await this.loaded.fetch(`${modelId}:${number}`, { context: { modelId, number } });
    if (!loaded) throw new AppError('internal_error');
    return loaded.model;
  }

  private async load(modelId: string, number: number): Promise<Loaded> {
    const version = await this.versions.requireWhole(modelId, number);
    const bytes = await this.artifacts.bytesOf(version);
    const { manifest, sizeBytes } = version;
    const model = this.open(version, bytes);
    return { model, bytes: (sizeBytes + manifest.length) * BYTES_PER_BYTE + BYTES_PER_MODEL };
  }

  private open(version: ModelVersionEntity, bytes: Buffer): LoadedModel {
    const { id, source, manifest, features } = version;
    if (source === 'training') return new TrainedLoadedModel(this.artifacts.decode(version, bytes));
    // Written here and compared with its hash, so it is what it was.
    const signature = JSON.parse(manifest.toString()) as OnnxSignature;
    return new OnnxLoadedModel(this.onnx, id, features, signature, bytes);
  }
}
