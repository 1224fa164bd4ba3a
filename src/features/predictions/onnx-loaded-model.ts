// A version that was uploaded in ONNX. Its program runs in a child process; here are its bytes and what it takes.

import type { OnnxSignature } from '../../infra/onnx/onnx-messages.js';
import type { OnnxRunner } from '../../infra/onnx/onnx-runner.js';
import type { ModelFeature } from '../../infra/learning/artifact/model-manifest.js';
import type { Predictions } from '../../infra/learning/artifact/predictor.js';
import { categoryCodesOf, encodeFeatureRows, type FeatureRow } from '../../infra/learning/feature-rows.js';
import type { LoadedModel, PredictOptions } from './loaded-model.js';

/** Rows per request to the child. */
const PORTION = 1_000;

export class OnnxLoadedModel implements LoadedModel {
  constructor(
    private readonly runner: OnnxRunner,
    private readonly key: string,
    private readonly features: readonly ModelFeature[],
    private readonly signature: OnnxSignature,
    private readonly bytes: Uint8Array,
  ) {}

  get outputs(): number {
    return this.signature.width;
  }

  check(rows: readonly FeatureRow[]): void {
    this.encode(rows);
  }

  async predict(rows: readonly FeatureRow[], options: PredictOptions = {}): Promise<Predictions> {
    const { signature } = this;
    const all = this.encode(rows);
    const predictions: Predictions['predictions'] = [];
    const probabilities: number[][] = [];
    for (let start = 0; start < rows.length; start += PORTION) {
      options.signal?.throwIfAborted();
      const count = Math.min(PORTION, rows.length - start);
      const values = all.slice(start * signature.columns, (start + count) * signature.columns);
      const part = await this.runner.predict(this.key, this.bytes, { signature, values, rows: count });
      predictions.push(...part.predictions);
      probabilities.push(...(part.probabilities ?? []));
      options.onProgress?.(predictions.length / rows.length);
    }
    return probabilities.length > 0 ? { predictions, probabilities } : { predictions };
  }

  private encode(rows: readonly FeatureRow[]): Float64Array {
    return encodeFeatureRows(this.features, categoryCodesOf(this.features), rows);
  }
}
