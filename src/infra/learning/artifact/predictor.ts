// A model that answers: rows as they come in a request, predictions with the labels of the data.

import { categoryCodesOf, encodeFeatureRows, type CategoryCodes, type FeatureRow } from '../feature-rows.js';
import type { ClassLabel } from '../problem/training-problem.js';
import type { TrainedModel } from '../trainers/trained-model.js';
import type { ModelManifest } from './model-manifest.js';

export interface Predictions {
  /** One per row: a value, or the label of the most probable class. */
  readonly predictions: ClassLabel[];
  /** For classification one list per row, in the order of the manifest's `classes`. */
  readonly probabilities?: number[][];
}

export class Predictor {
  private readonly categoryCodes: CategoryCodes;

  constructor(
    readonly manifest: ModelManifest,
    readonly model: TrainedModel,
  ) {
    this.categoryCodes = categoryCodesOf(manifest.features);
  }

  /**
   * Takes some microseconds per row; who has many thousands of rows gives them in portions.
   * @param rows null is a missing value, and a category that training did not see counts as missing
   * @throws AppError validation_failed naming row and feature, such as `input[3].age`
   */
  predict(rows: readonly FeatureRow[]): Predictions {
    const { features, classes } = this.manifest;
    const encoded = encodeFeatureRows(features, this.categoryCodes, rows);
    const output = new Float64Array(rows.length * (classes?.length ?? 1));
    this.model.evaluate(encoded, output);
    if (classes === undefined) return { predictions: Array.from(output) };
    const probabilities = rows.map((_, row) =>
      Array.from(output.subarray(row * classes.length, (row + 1) * classes.length)),
    );
    return { predictions: probabilities.map((own) => classes[indexOfLargest(own)]!), probabilities };
  }
}

/** The first of the largest, so that a tie always falls the same way. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) {
    if (values[index]! > values[best]!) best = index;
  }
  return best;
}
