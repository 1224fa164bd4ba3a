// The final metrics of a model: on the test rows, answered as predictions are, beside the baseline that knows
// the target only (mean, or the shares of the classes).

import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { ClassificationMetrics, RegressionMetrics } from '../artifact/model-manifest.js';
import { outputsOf, type TrainingProblem } from '../problem/training-problem.js';
import { readRow } from '../table-rows.js';
import type { TrainedModel } from '../trainers/trained-model.js';
import { classificationMetrics } from './classification-metrics.js';
import { regressionMetrics } from './regression-metrics.js';

const ROWS_AT_ONCE = 5_000;

export async function heldOutMetrics(
  model: TrainedModel,
  problem: TrainingProblem,
  testRows: Int32Array,
): Promise<ClassificationMetrics | RegressionMetrics> {
  const outputs = outputsOf(problem);
  const width = problem.features.length;
  const answers = new Float64Array(testRows.length * outputs);
  for (let first = 0; first < testRows.length; first += ROWS_AT_ONCE) {
    const own = testRows.subarray(first, first + ROWS_AT_ONCE);
    const rows = new Float64Array(own.length * width);
    for (const [index, row] of own.entries()) {
      readRow(problem.features, row, rows.subarray(index * width, (index + 1) * width));
    }
    model.evaluate(rows, answers.subarray(first * outputs, (first + own.length) * outputs));
    await turnOfTheLoop();
  }
  const targets = Float64Array.from(testRows, (at) => problem.target[at]!);
  return problem.task === 'regression'
    ? regressionMetrics(answers, targets, meanTarget(problem))
    : classificationMetrics(answers, targets, classShares(problem));
}

function meanTarget({ target, trainRows }: TrainingProblem): number {
  return trainRows.reduce((sum, row) => sum + target[row]! / trainRows.length, 0);
}

function classShares({ target, trainRows, classes }: TrainingProblem): Float64Array {
  const shares = new Float64Array(classes.length);
  for (const row of trainRows) shares[target[row]!]! += 1;
  return shares.map((count) => count / trainRows.length);
}
