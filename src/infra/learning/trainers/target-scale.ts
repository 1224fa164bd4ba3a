// Targets of a regression around 0 and of about size 1, so that neither rounding nor penalties depend on
// the units of the data.

import type { TrainingProblem } from '../problem/training-problem.js';

export interface TargetScale {
  readonly center: number;
  readonly spread: number;
}

/** Mean and standard deviation, or 1 without any, of the training rows; 0 and 1 for classes. */
export function targetScale({ task, target, trainRows }: TrainingProblem): TargetScale {
  if (task === 'classification') return { center: 0, spread: 1 };
  const { center, spread } = centerAndSpread(target, trainRows);
  return { center, spread: spread || 1 };
}

/** Of the values that are not missing; a spread of 0 when all are equal. */
export function centerAndSpread(values: Float64Array, rows: Int32Array): TargetScale {
  let largest = 0;
  let count = 0;
  for (const row of rows) {
    const size = Math.abs(values[row]!);
    if (Number.isNaN(size)) continue;
    if (size > largest) largest = size;
    count += 1;
  }
  if (largest === 0) return { center: 0, spread: 0 };
  // Divided by the largest one, the squares of very large and very small values stay numbers.
  let sum = 0;
  for (const row of rows) {
    const value = values[row]!;
    if (!Number.isNaN(value)) sum += value / largest;
  }
  const mean = sum / count;
  let squares = 0;
  for (const row of rows) {
    const value = values[row]!;
    if (!Number.isNaN(value)) squares += (value / largest - mean) ** 2;
  }
  const deviation = Math.sqrt(squares / count);
  // What rounding makes of equal values is no spread.
  return { center: mean * largest, spread: deviation < 1e-12 ? 0 : deviation * largest };
}

/** The scaled targets of some rows, in their order. */
export function targetsOf(problem: TrainingProblem, rows: Int32Array, scale: TargetScale): Float64Array {
  return Float64Array.from(rows, (row) => (problem.target[row]! - scale.center) / scale.spread);
}
