// All columns as bins: what trees are grown from.

import { Random } from '../../random.js';
import type { TrainingProblem } from '../../problem/training-problem.js';
import { binRows, learnBins, type FeatureBins } from './feature-bins.js';

export interface BinnedRows {
  /** Per feature of the problem. */
  readonly features: readonly FeatureBins[];
  /** Per feature, the bin of each training row and each validation row, in the order of those rows. */
  readonly train: readonly Uint8Array[];
  readonly valid: readonly Uint8Array[];
}

const SAMPLE_STREAM = 2;

/** Stops for breath after each column. */
export function* binProblem(
  { features, trainRows, validRows }: TrainingProblem,
  maxBins: number,
  seed: number,
): Generator<void, BinnedRows> {
  const random = Random.seeded(seed, SAMPLE_STREAM);
  const bins: FeatureBins[] = [];
  const train: Uint8Array[] = [];
  const valid: Uint8Array[] = [];
  for (const column of features) {
    const own = learnBins(column, trainRows, maxBins, random);
    bins.push(own);
    train.push(binRows(column, own, trainRows));
    valid.push(binRows(column, own, validRows));
    yield;
  }
  return { features: bins, train, valid };
}
