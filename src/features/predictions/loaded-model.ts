// A version that answers. A trained one does so in portions, so that many rows or classes do not hold up whoever
// else there is.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Predictor, Predictions } from '../../infra/learning/artifact/predictor.js';
import { categoryCodesOf, encodeFeatureRows, type FeatureRow } from '../../infra/learning/feature-rows.js';

/** Numbers per portion: some milliseconds. */
const PORTION = 1_000;

export interface PredictOptions {
  /** Called after each portion with the share that is done. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

export interface LoadedModel {
  /** How many numbers a prediction is. */
  readonly outputs: number;
  /** @throws AppError validation_failed naming row and feature */
  check(rows: readonly FeatureRow[]): void;
  /** @throws AppError validation_failed naming row and feature, onnx_failed, overloaded; the signal's reason */
  predict(rows: readonly FeatureRow[], options?: PredictOptions): Promise<Predictions>;
}

export class TrainedLoadedModel implements LoadedModel {
  constructor(private readonly predictor: Predictor) {}

  get outputs(): number {
    return this.predictor.manifest.classes?.length ?? 1;
  }

  check(rows: readonly FeatureRow[]): void {
    const { features } = this.predictor.manifest;
    encodeFeatureRows(features, categoryCodesOf(features), rows);
  }

  async predict(rows: readonly FeatureRow[], options: PredictOptions = {}): Promise<Predictions> {
    const portion = Math.max(1, Math.floor(PORTION / this.outputs));
    if (rows.length <= portion) return this.predictor.predict(rows);
    this.check(rows);
    const predictions: Predictions['predictions'] = [];
    const probabilities: number[][] = [];
    for (let start = 0; start < rows.length; start += portion) {
      options.signal?.throwIfAborted();
      const part = this.predictor.predict(rows.slice(start, start + portion));
      predictions.push(...part.predictions);
      probabilities.push(...(part.probabilities ?? []));
      options.onProgress?.(predictions.length / rows.length);
      await nextTurn();
    }
    return probabilities.length > 0 ? { predictions, probabilities } : { predictions };
  }
}
