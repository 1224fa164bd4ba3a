// What training gives, and what predictions need.

import type { TrainedAlgorithm } from '../algorithms.js';

export interface TrainedModel {
  readonly algorithm: TrainedAlgorithm;
  /** Per feature, how much it contributed: 0 to 1, with sum 1, or all 0 when nothing did. */
  readonly importance: Float64Array;
  /**
   * Predicts rows; many at once are several times as fast as one by one.
   * @param rows row after row a number per feature: the value, or the index of the category; NaN is missing
   * @param output receives row after row the value, or one probability per class
   */
  evaluate(rows: Float64Array, output: Float64Array): void;
  /** The bytes of model.bin. */
  encode(): Uint8Array;
}
