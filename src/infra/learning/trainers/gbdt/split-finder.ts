// The best way to divide a leaf by one feature, read from its histogram.

import { STRIDE } from './histograms/histogram-layout.js';

export interface LeafSums {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
}

export interface Split {
  readonly feature: number;
  readonly gain: number;
  readonly missingLeft: boolean;
  /** The last bin on the left; undefined for a split by category. */
  readonly lastLeftBin: number | undefined;
  /** Per bin, 1 when it goes left. */
  readonly goesLeft: Uint8Array;
  readonly left: LeafSums;
}

export interface SplitRules {
  readonly l2: number;
  readonly minLeaf: number;
}

/** Less than this is rounding. */
export const LEAST_GAIN = 1e-9;
/** Leaves of rows about which the model is sure already would get values without bounds. */
export const LEAST_HESSIAN = 1e-3;

/**
 * Two passes over the bins: with the missing values on the right, and, if there are any, on the left.
 * Without any in this leaf, they are to follow the greater part of the rows.
 * @param offset where the feature begins in the histogram
 */
export function findNumberSplit(
  feature: number,
  histogram: Float64Array,
  offset: number,
  bins: number,
  sums: LeafSums,
  { l2, minLeaf }: SplitRules,
): Split | undefined {
  const { gradient, hessian, rows } = sums;
  const missing = offset + STRIDE * bins;
  const missingRows = histogram[missing + 2]!;
  let bestScore = (gradient * gradient) / (hessian + l2) + LEAST_GAIN;
  let best: { bin: number; missingLeft: boolean; left: LeafSums } | undefined;
  for (let pass = 0; pass < (missingRows > 0 ? 2 : 1); pass += 1) {
    let leftGradient = pass === 0 ? 0 : histogram[missing]!;
    let leftHessian = pass === 0 ? 0 : histogram[missing + 1]!;
    let leftRows = pass === 0 ? 0 : missingRows;
    // All values on one side and the missing ones on the other is a split as well.
    const end = pass === 0 && missingRows > 0 ? bins : bins - 1;
    for (let bin = 0, at = offset; bin < end; bin += 1, at += STRIDE) {
      const binRows = histogram[at + 2]!;
      // Divides the leaf as the bin before did.
      if (binRows === 0) continue;
      leftGradient += histogram[at]!;
      leftHessian += histogram[at + 1]!;
      leftRows += binRows;
      if (leftRows < minLeaf || leftHessian < LEAST_HESSIAN) continue;
      const rightHessian = hessian - leftHessian;
      if (rows - leftRows < minLeaf || rightHessian < LEAST_HESSIAN) break;
      const rightGradient = gradient - leftGradient;
      const leftWeight = leftHessian + l2;
      const rightWeight = rightHessian + l2;
      // Over one denominator, and divided only when it is the best: this is where most time goes.
      const score = leftGradient * leftGradient * rightWeight + rightGradient * rightGradient * leftWeight;
      const weight = leftWeight * rightWeight;
      if (score > bestScore * weight) {
        bestScore = score / weight;
        const left = { gradient: leftGradient, hessian: leftHessian, rows: leftRows };
        best = { bin, missingLeft: missingRows > 0 ? pass === 1 : leftRows * 2 >= rows, left };
      }
    }
  }
  if (!best) return undefined;
  const goesLeft = new Uint8Array(bins + 1).fill(1, 0, best.bin + 1);
  goesLeft[bins] = best.missingLeft ? 1 : 0;
  return {
    feature,
    gain: bestScore - (gradient * gradient) / (hessian + l2),
    missingLeft: best.missingLeft,
    lastLeftBin: best.bin,
    goesLeft,
    left: best.left,
  };
}
