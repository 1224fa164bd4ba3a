// What a worker and the process that trains for it say to each other. What is large lies in their directory.

import type { TrainingMetrics } from '../../contracts/training.js';
import type { TrainingProgress } from '../../infra/learning/training-options.js';
import type { TrainingRefusalCode } from '../../infra/learning/training-refusal.js';
import type { TrainingRequest, TrainingSource } from './training-request.js';

export const MANIFEST_FILE = 'manifest.json';
export const MODEL_FILE = 'model.bin';

/** Name of the file with the checkpoint that was reported under this number. */
export function checkpointFile(number: number): string {
  return `checkpoint-${number}.bin`;
}

export interface TrainingAssignment {
  readonly request: TrainingRequest;
  readonly source: TrainingSource;
  /** Path of the Parquet file. */
  readonly parquet: string;
  readonly directory: string;
  /** Path of the checkpoint to go on from; null: from the beginning. */
  readonly checkpoint: string | null;
}

export type TrainingReport =
  | { readonly kind: 'progress'; readonly progress: TrainingProgress }
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'checkpoint'; readonly number: number };

export type TrainingEnd =
  /** manifest.json and model.bin are written. */
  | { readonly kind: 'trained'; readonly metrics: TrainingMetrics; readonly hash: string }
  | { readonly kind: 'refused'; readonly code: TrainingRefusalCode; readonly detail: string };
