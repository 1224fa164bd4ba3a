// What a training is asked for and what it learns from, as they are kept.

import type { ColumnProfile } from '../../contracts/datasets.js';
import type { Algorithm } from '../../infra/learning/algorithms.js';
import type { TrainingParams } from '../../infra/learning/training-params.js';

export interface TrainingRequest {
  readonly target: string;
  readonly algorithm: Algorithm;
  readonly params: Partial<TrainingParams>;
  readonly seed: number;
  /** Null: all columns but the target. */
  readonly features: readonly string[] | null;
  readonly testFraction: number;
}

export interface TrainingSource {
  /** Of the Parquet file. */
  readonly storageKey: string;
  readonly rows: number;
  /** All of them, in the order of the dataset. */
  readonly columns: readonly Pick<ColumnProfile, 'name' | 'type'>[];
  /** Says which data it is. */
  readonly hash: string;
}

/** Names of the columns that are read: the features and the target, in the order of the dataset. */
export function columnsToRead({ features, target }: TrainingRequest, { columns }: TrainingSource): string[] {
  const names = columns.map(({ name }) => name);
  return features === null ? names : names.filter((name) => name === target || features.includes(name));
}
