// From a table to a model: deals the rows, trains, chooses, and measures on rows that were never seen.

import { createHash } from 'node:crypto';
import type { TrainedAlgorithm } from './algorithms.js';
import { encodeModel } from './artifact/encode-model.js';
import { manifestFeatures } from './artifact/manifest-features.js';
import { heldOutMetrics } from './metrics/held-out-metrics.js';
import { prepareProblem } from './problem/prepare-problem.js';
import type { TrainingProblem } from './problem/training-problem.js';
import type { TrainingHooks, TrainingOptions, TrainingResult } from './training-options.js';
import { completeParams } from './training-params.js';
import { TrainingRun, type TrainedStage } from './training-run.js';
import type { TrainingTable } from './training-table.js';

/**
 * The same table, options and seed give the same bytes, whatever the time it takes and wherever it was
 * interrupted. Works in slices of about 250 ms with a turn of the loop between them.
 * @param target name of the column to predict
 * @returns undefined when `hooks.shouldStop()` said so
 * @throws TrainingRefusal for data that cannot be learned from
 */
export async function trainModel(
  table: TrainingTable,
  target: string,
  options: TrainingOptions,
  hooks: TrainingHooks = {},
): Promise<TrainingResult | undefined> {
  const log = (line: string): void => hooks.log?.(line);
  const { problem, testRows, rowsWithoutTarget } = prepareProblem(table, target, options, log);
  const { seed, datasetHash, params = {} } = options;
  log(describe(problem, target, testRows.length));

  // The quick one first: someone who looks has something to see.
  const algorithms: TrainedAlgorithm[] =
    options.algorithm === 'auto' ? ['linear', 'gbdt'] : [options.algorithm];
  const fingerprint = fingerprintOf(table, target, options);
  const stages = await new TrainingRun(problem, algorithms, params, seed, fingerprint, hooks).run();
  if (!stages) return undefined;
  const { algorithm, model, curve } = choose(stages, problem, log);

  const all = completeParams(params, algorithm, problem.trainRows.length);
  return encodeModel(model, {
    task: problem.task,
    target,
    features: manifestFeatures(problem),
    ...(problem.task === 'classification' ? { classes: [...problem.classes] } : {}),
    params: algorithm === 'gbdt' ? { ...all } : { l2: all.l2 },
    seed,
    datasetHash,
    rows: {
      train: problem.trainRows.length,
      valid: problem.validRows.length,
      test: testRows.length,
      withoutTarget: rowsWithoutTarget,
    },
    metrics: await heldOutMetrics(model, problem, testRows),
    learningCurve: { train: [...curve.train], valid: [...curve.valid], bestRound: curve.bestRound },
  });
}

function describe(problem: TrainingProblem, target: string, testRows: number): string {
  const { task, classes, features, trainRows, validRows } = problem;
  const what = task === 'regression' ? 'a value' : `one of ${classes.length} classes`;
  const rows = `${trainRows.length} rows to learn from, ${validRows.length} to choose by, ${testRows} to test on`;
  return `Predicts "${target}" as ${what} from ${features.length} features: ${rows}.`;
}

/** The one with the least validation loss; of equal ones the first, which is simpler. */
function choose(
  stages: readonly TrainedStage[],
  { task }: TrainingProblem,
  log: (line: string) => void,
): TrainedStage {
  const measure = task === 'regression' ? 'RMSE' : 'log loss';
  for (const stage of stages) {
    const { algorithm, curve } = stage;
    log(`${algorithm}: validation ${measure} ${format(lossOf(stage))} after ${curve.bestRound} rounds.`);
  }
  const best = stages.reduce((one, other) => (lossOf(other) < lossOf(one) ? other : one));
  if (stages.length > 1) log(`${best.algorithm} is chosen, for its validation ${measure} is the least.`);
  return best;
}

/** Without a round there is nothing to compare. */
function lossOf({ curve }: TrainedStage): number {
  return curve.valid[curve.bestRound - 1] ?? Infinity;
}

function format(loss: number): string {
  return Number.isFinite(loss) ? loss.toPrecision(4) : 'unknown';
}

function fingerprintOf(table: TrainingTable, target: string, options: TrainingOptions): string {
  const { algorithm, params, seed, features, testFraction, task, datasetHash } = options;
  const columns = table.columns.map(({ name, kind }) => [name, kind]);
  const parts = [
    target,
    algorithm,
    params,
    seed,
    features,
    testFraction,
    task,
    datasetHash,
    table.rows,
    columns,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
