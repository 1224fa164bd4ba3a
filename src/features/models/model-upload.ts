// From a received form to a version: the bytes are in the store already; the model in them is tried out in a
// process of its own before anything is written.

import { buffer } from 'node:stream/consumers';
import { Injectable, Logger } from '@nestjs/common';
import type { Response } from 'express';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { Idempotency } from '../../infra/idempotency/idempotency.js';
import { OnnxChecks } from '../../infra/onnx/onnx-checks.js';
import type { OnnxSignature } from '../../infra/onnx/onnx-messages.js';
import { OnnxRefusal } from '../../infra/onnx/onnx-refusal.js';
import { ObjectStore } from '../../infra/storage/object-store.js';
import type { NamedFile } from '../files/files.service.js';
import { fileOf, type FormRequest } from '../files/multipart-file.interceptor.js';
import type { VersionResponse } from './model-versions.dto.js';
import { ModelVersions } from './model-versions.js';
import { ModelsService } from './models.service.js';

@Injectable()
export class ModelUpload {
  private readonly logger = new Logger(ModelUpload.name);

  constructor(
    private readonly models: ModelsService,
    private readonly versions: ModelVersions,
    private readonly checks: OnnxChecks,
    private readonly idempotency: Idempotency,
    private readonly store: ObjectStore,
  ) {}

  /**
   * Makes a version of the form that MultipartFileInterceptor has taken.
   * @throws AppError model_not_found, not_model_owner, onnx_invalid, overloaded, quota_exceeded,
   *   bad_request (no file), idempotency_in_progress, idempotency_key_reused
   */
  async keep(
    principal: Principal,
    modelId: string,
    request: FormRequest,
    response: Response,
  ): Promise<VersionResponse> {
    const file = fileOf(request);
    let registered = false;
    try {
      await this.models.requireOwn(principal, modelId);
      const signature = await this.check(file);
      const work = async (): Promise<VersionResponse> => {
        const version = await this.versions.addUploaded(principal, contentOf(modelId, file, signature));
        registered = true;
        return version;
      };
      const content = file.sha256.toString('hex');
      return await this.idempotency.runOnce(request, response, content, work);
    } finally {
      // Once registered, only the commit can fail; the sweeper asks the database whether it did.
      if (!registered) await this.drop(file.key);
    }
  }

  private async check({ key }: NamedFile): Promise<OnnxSignature> {
    const bytes = await buffer(await this.store.read(key));
    try {
      return await this.checks.inspect(bytes);
    } catch (error) {
      if (!(error instanceof OnnxRefusal)) throw error;
      throw new AppError('onnx_invalid', { detail: error.message, cause: error });
    }
  }

  private async drop(key: string): Promise<void> {
    try {
      await this.store.delete([key]);
    } catch (error) {
      this.logger.warn({ err: error }, 'bytes of a refused model stay until the next sweep');
    }
  }
}

function contentOf(modelId: string, { key, size, sha256 }: NamedFile, signature: OnnxSignature) {
  const { columns, task, labels, width } = signature;
  return {
    modelId,
    algorithm: 'onnx',
    task,
    features: Array.from({ length: columns }, (_, column) => ({
      name: `x${column}`,
      type: 'number' as const,
    })),
    target: null,
    // A model that names its classes does so in its answers only.
    classes:
      task === 'classification' && labels === null
        ? Array.from({ length: width }, (_, label) => label)
        : null,
    metrics: null,
    importance: null,
    learningCurve: null,
    manifest: Buffer.from(JSON.stringify(signature)),
    storageKey: key,
    sha256,
    sizeBytes: size,
  };
}
