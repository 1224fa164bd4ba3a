// What can be set about a training: bounds for whoever reads requests, and defaults.

import type { TrainedAlgorithm } from './algorithms.js';

export interface TrainingParams {
  /** Most boosting rounds, each one tree per output. */
  readonly rounds: number;
  /** How much of what a tree found counts. */
  readonly learningRate: number;
  readonly maxLeaves: number;
  /** Fewest training rows in a leaf. */
  readonly minLeaf: number;
  /** Penalty on large leaf values or weights. */
  readonly l2: number;
  /** Share of rows that a tree sees. */
  readonly rowSample: number;
  /** Share of columns that a tree sees. */
  readonly columnSample: number;
  /** Most groups into which the values of a column are put, without the one for missing values. */
  readonly maxBins: number;
  /** Rounds without a better validation loss after which training ends; 0 is never. */
  readonly earlyStoppingRounds: number;
}

export interface ParamBounds {
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}

export const PARAM_BOUNDS: Readonly<Record<keyof TrainingParams, ParamBounds>> = {
  rounds: { min: 1, max: 2_000, integer: true },
  learningRate: { min: 0.001, max: 1, integer: false },
  maxLeaves: { min: 2, max: 256, integer: true },
  minLeaf: { min: 1, max: 100_000, integer: true },
  l2: { min: 0, max: 1_000_000, integer: false },
  rowSample: { min: 0.05, max: 1, integer: false },
  columnSample: { min: 0.05, max: 1, integer: false },
  maxBins: { min: 2, max: 255, integer: true },
  earlyStoppingRounds: { min: 0, max: 500, integer: true },
};

export const TEST_FRACTION_BOUNDS = { min: 0.05, max: 0.5, default: 0.2 };
/** Seeds are unsigned 32-bit integers. */
export const SEED_BOUNDS = { min: 0, max: 0xffff_ffff, default: 1 };

const DEFAULTS = {
  rounds: 200,
  learningRate: 0.1,
  maxLeaves: 31,
  rowSample: 1,
  columnSample: 1,
  maxBins: 255,
  earlyStoppingRounds: 20,
};
const LARGEST_DEFAULT_LEAF = 20;
/** A leaf of the default size holds at most this share of the rows, or small sets could not be divided. */
const DEFAULT_LEAF_SHARE = 1 / 40;

/** Per algorithm: a linear model of few weights needs less of it than leaves of few rows do. */
const DEFAULT_L2: Readonly<Record<TrainedAlgorithm, number>> = { gbdt: 1, linear: 0.1 };

/** The given params, and defaults for the others. @param trainRows how many rows are trained on */
export function completeParams(
  given: Partial<TrainingParams>,
  algorithm: TrainedAlgorithm,
  trainRows: number,
): TrainingParams {
  const share = Math.floor(trainRows * DEFAULT_LEAF_SHARE);
  const minLeaf = Math.max(1, Math.min(LARGEST_DEFAULT_LEAF, share));
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...DEFAULTS, l2: DEFAULT_L2[algorithm], minLeaf, ...set };
}
