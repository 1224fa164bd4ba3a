// Versions of models that are ready to answer, in the memory of this process. A version never changes, so one that
// is loaded stays right; its bytes are compared with their hashes when they are read, and damaged ones answer nothing.

import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../common/errors/app-error.js';
import { decodeModel } from '../../infra/learning/artifact/decode-model.js';
import { DamagedBytes } from '../../infra/learning/byte-reader.js';
import type { OnnxSignature } from '../../infra/onnx/onnx-messages.js';
import { OnnxRunner } from '../../infra/onnx/onnx-runner.js';
import { ObjectMissing, ObjectStore } from '../../infra/storage/object-store.js';
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
  private readonly logger = new Logger(Predictors.name);
  private readonly loaded = new LRUCache<string, Loaded, { modelId: string; number: number }>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
    // One load for all who wait for it; one that fails is not kept.
    fetchMethod: (_key, _stale, { context }) => this.load(context.modelId, context.number),
  });

  constructor(
    private readonly versions: ModelVersions,
    private readonly store: ObjectStore,
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
    const bytes = await this.bytesOf(version);
    const { manifest, sizeBytes } = version;
    try {
      const model = this.open(version, bytes);
      return { model, bytes: (sizeBytes + manifest.length) * BYTES_PER_BYTE + BYTES_PER_MODEL };
    } catch (error) {
      throw error instanceof DamagedBytes ? this.damaged(version, error) : error;
    }
  }

  private open(version: ModelVersionEntity, bytes: Buffer): LoadedModel {
    const { id, source, manifest, features } = version;
    if (source === 'training') return new TrainedLoadedModel(decodeModel(manifest, bytes));
    // Written here and compared with its hash, so it is what it was.
    const signature = JSON.parse(manifest.toString()) as OnnxSignature;
    return new OnnxLoadedModel(this.onnx, id, features, signature, bytes);
  }

  private async bytesOf(version: ModelVersionEntity): Promise<Buffer> {
    const bytes = await this.read(version);
    const intact =
      sha256(version.manifest).equals(version.manifestSha256) && sha256(bytes).equals(version.sha256);
    if (!intact) throw this.damaged(version, 'the hashes differ');
    return bytes;
  }

  private async read(version: ModelVersionEntity): Promise<Buffer> {
    try {
      return await buffer(await this.store.read(version.storageKey));
    } catch (error) {
      if (!(error instanceof ObjectMissing)) throw error;
      // Deleted in this moment, perhaps: then it is not there, and says so.
      await this.versions.requireWhole(version.modelId, version.number);
      throw this.damaged(version, error);
    }
  }

  private damaged({ modelId, number }: ModelVersionEntity, cause: unknown): AppError {
    this.logger.error({ modelId, number, reason: String(cause) }, 'a stored model is damaged');
    return new AppError('model_damaged', { cause });
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
