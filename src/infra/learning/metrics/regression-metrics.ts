// How good predicted values are, measured on rows that nothing was learned from.

import type { RegressionMetrics } from '../artifact/model-manifest.js';

/**
 * @param mean of the rows learned from: what one says who knows no feature
 * @returns r2 is 0 for targets that do not vary, unless every prediction is right
 */
export function regressionMetrics(
  predictions: Float64Array,
  targets: Float64Array,
  mean: number,
): RegressionMetrics {
  const errors = predictions.map((prediction, row) => prediction - targets[row]!);
  const baselineErrors = targets.map((target) => mean - target);
  // Not sum / length: the sum of very large numbers is infinite.
  const ownMean = targets.reduce((sum, target) => sum + target / targets.length, 0);
  const rmse = rootMeanSquare(errors);
  const spread = rootMeanSquare(targets.map((target) => target - ownMean));
  const unexplained = spread > 0 ? (rmse / spread) ** 2 : rmse > 0 ? 1 : 0;
  return {
    rmse,
    mae: meanSize(errors),
    r2: 1 - unexplained,
    baseline: { rmse: rootMeanSquare(baselineErrors), mae: meanSize(baselineErrors) },
  };
}

function meanSize(errors: Float64Array): number {
  return errors.reduce((sum, error) => sum + Math.abs(error) / errors.length, 0);
}

/** Divided by the largest one, so that squares stay numbers. */
function rootMeanSquare(errors: Float64Array): number {
  const largest = errors.reduce((size, error) => Math.max(size, Math.abs(error)), 0);
  if (largest === 0) return 0;
  const squares = errors.reduce((sum, error) => sum + (error / largest) ** 2, 0);
  return largest * Math.sqrt(squares / errors.length);
}
