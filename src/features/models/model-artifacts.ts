// The stored bytes of versions. They are compared with their hashes whenever they are read: damaged ones are given
// to nobody.

import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { decodeModel } from '../../infra/learning/artifact/decode-model.js';
import type { Predictor } from '../../infra/learning/artifact/predictor.js';
import { DamagedBytes } from '../../infra/learning/byte-reader.js';
import { ObjectMissing, ObjectStore } from '../../infra/storage/object-store.js';
import type { ModelVersionEntity } from './model-version.entity.js';
import { ModelVersions } from './model-versions.js';

@Injectable()
export class ModelArtifacts {
  private readonly logger = new Logger(ModelArtifacts.name);

  constructor(
    private readonly versions: ModelVersions,
    private readonly store: ObjectStore,
  ) {}

  /**
   * The bytes of a version as they were stored.
   * @throws AppError model_version_not_found, model_damaged, service_unavailable
   */
  async bytesOf(version: ModelVersionEntity): Promise<Buffer> {
    const bytes = await this.read(version);
    const intact =
      sha256(version.manifest).equals(version.manifestSha256) && sha256(bytes).equals(version.sha256);
    if (!intact) throw this.damaged(version, 'the hashes differ');
    return bytes;
  }

  /** The model in the bytes of a version that a training made. @throws AppError model_damaged */
  decode(version: ModelVersionEntity, bytes: Buffer): Predictor {
    try {
      return decodeModel(version.manifest, bytes);
    } catch (error) {
      throw error instanceof DamagedBytes ? this.damaged(version, error) : error;
    }
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
