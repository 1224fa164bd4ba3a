// How good probabilities of classes are, measured on rows that nothing was learned from.

import { indexOfLargest } from '../artifact/predictor.js';
import type { ClassificationMetrics } from '../artifact/model-manifest.js';
import { areaUnderCurve } from './area-under-curve.js';

/** Probabilities of 0 would make one wrong row infinitely bad. */
const LEAST_PROBABILITY = 1e-15;

/**
 * @param probabilities row after row, one per class
 * @param targets the true class of each row
 * @param priors share of each class among the rows learned from: what one says who knows no feature
 */
export function classificationMetrics(
  probabilities: Float64Array,
  targets: ArrayLike<number>,
  priors: Float64Array,
): ClassificationMetrics {
  const classes = priors.length;
  const rows = targets.length;
  const confusionMatrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let loss = 0;
  let baselineLoss = 0;
  for (let row = 0; row < rows; row += 1) {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    const target = targets[row]!;
    confusionMatrix[target]![indexOfLargest(own)]! += 1;
    loss += surprise(own[target]!);
    baselineLoss += surprise(priors[target]!);
  }
  const majority = indexOfLargest(priors);
  const ofMajority = confusionMatrix[majority]!.reduce((sum, count) => sum + count, 0);
  const right = confusionMatrix.reduce((sum, counts, index) => sum + counts[index]!, 0);
  const auc = classes === 2 ? areaUnderCurve(secondOf(probabilities), targets) : undefined;
  return {
    accuracy: right / rows,
    logLoss: loss / rows,
    macroF1: macroF1(confusionMatrix),
    ...(auc === undefined ? {} : { auc }),
    confusionMatrix,
    baseline: { accuracy: ofMajority / rows, logLoss: baselineLoss / rows },
  };
}

function surprise(probability: number): number {
  return -Math.log(Math.min(Math.max(probability, LEAST_PROBABILITY), 1 - LEAST_PROBABILITY));
}

function secondOf(probabilities: Float64Array): Float64Array {
  return Float64Array.from({ length: probabilities.length / 2 }, (_, row) => probabilities[2 * row + 1]!);
}

/** Mean of the F1 of all classes that occur or were predicted. */
function macroF1(confusionMatrix: readonly (readonly number[])[]): number {
  const scores = confusionMatrix.flatMap((counts, index) => {
    const actual = counts.reduce((sum, count) => sum + count, 0);
    const predicted = confusionMatrix.reduce((sum, row) => sum + row[index]!, 0);
    return actual + predicted === 0 ? [] : [(2 * counts[index]!) / (actual + predicted)];
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
