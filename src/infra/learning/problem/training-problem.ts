// What a trainer gets: features, an encoded target, and which rows it may look at.

import type { TrainingColumn } from '../training-table.js';

export type TrainingTask = 'classification' | 'regression';
/** Labels as in the data: numbers when the target is a number column, else strings. */
export type ClassLabel = string | number;

export interface TrainingProblem {
  readonly task: TrainingTask;
  /** Category columns list only what training rows hold; all other labels are missing (-1). */
  readonly features: readonly TrainingColumn[];
  /** Per row of the table: the value, or the index of its class; NaN where it is missing. */
  readonly target: Float64Array;
  /** In order of their labels; empty for regression. */
  readonly classes: readonly ClassLabel[];
  /** Rows to learn from, ascending. */
  readonly trainRows: Int32Array;
  /** Rows to choose and to stop by, ascending; nothing is learned from them. */
  readonly validRows: Int32Array;
}

/** Numbers per prediction: one value, or one probability per class. */
export function outputsOf(problem: Pick<TrainingProblem, 'task' | 'classes'>): number {
  return problem.task === 'regression' ? 1 : problem.classes.length;
}
