// Where the sums of each feature stand in a histogram: per bin the gradients, the hessians and the rows, and after
// the last bin those of missing values.

import type { TrainingParams } from '../../../training-params.js';
import type { FeatureBins } from '../feature-bins.js';

/** Numbers per bin: gradients, hessians, rows. */
export const STRIDE = 3;

export interface HistogramLayout {
  /** Per feature, where its first bin begins, counted in numbers. */
  readonly offsets: Int32Array;
  /** Numbers in a histogram. */
  readonly length: number;
}

export function histogramLayout(features: readonly FeatureBins[]): HistogramLayout {
  const offsets = new Int32Array(features.length);
  let length = 0;
  for (const [feature, { bins }] of features.entries()) {
    offsets[feature] = length;
    length += STRIDE * (bins + 1);
  }
  return { offsets, length };
}

/** What histograms may take: one per leaf, each with all columns. */
export function mostHistogramBytes(
  columns: number,
  { maxBins, maxLeaves }: Pick<TrainingParams, 'maxBins' | 'maxLeaves'>,
): number {
  return maxLeaves * columns * (maxBins + 1) * STRIDE * Float64Array.BYTES_PER_ELEMENT;
}
