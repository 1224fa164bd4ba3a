// Versions as files in ONNX: one that was uploaded as it came, one that was trained here written anew.

import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { exportOnnx } from '../../infra/learning/export/export-onnx.js';
import { OnnxNotExpressible } from '../../infra/learning/export/onnx-not-expressible.js';
import { ModelArtifacts } from './model-artifacts.js';
import { ModelVersions } from './model-versions.js';
import { ModelsService } from './models.service.js';

export interface ModelFile {
  readonly filename: string;
  readonly bytes: Buffer;
}

@Injectable()
export class ModelExport {
  constructor(
    private readonly models: ModelsService,
    private readonly versions: ModelVersions,
    private readonly artifacts: ModelArtifacts,
  ) {}

  /**
   * A version of a model that the caller may read.
   * @throws AppError model_not_found, model_version_not_found, model_damaged, onnx_not_expressible
   */
  async onnx(principal: Principal, modelId: string, number: number): Promise<ModelFile> {
    const { name } = await this.models.requireReadable(principal, modelId);
    const version = await this.versions.requireWhole(modelId, number);
    const stored = await this.artifacts.bytesOf(version);
    const isOnnx = version.source === 'upload';
    const bytes = isOnnx ? stored : written(() => exportOnnx(this.artifacts.decode(version, stored)));
    return { filename: `${name} ${number}.onnx`, bytes };
  }
}

function written(write: () => Buffer): Buffer {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof OnnxNotExpressible)) throw error;
    throw new AppError('onnx_not_expressible', { detail: error.message, cause: error });
  }
}
