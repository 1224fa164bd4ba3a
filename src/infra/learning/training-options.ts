// What is asked of a training, and what it tells while it runs and at its end.

import type { ModelManifest } from './artifact/model-manifest.js';
import type { TrainingTask } from './problem/training-problem.js';
import type { Algorithm, TrainedAlgorithm } from './algorithms.js';
import type { TrainingParams } from './training-params.js';
import type { HistogramKernel } from './trainers/gbdt/histograms/histogram-workspace.js';

export interface TrainingOptions {
  readonly algorithm: Algorithm;
  /** Within PARAM_BOUNDS. */
  readonly params?: Partial<TrainingParams>;
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  /** Names of the columns to learn from; all but the target when left out. */
  readonly features?: readonly string[];
  /** Share of the rows kept aside for the final metrics, within TEST_FRACTION_BOUNDS. */
  readonly testFraction?: number;
  /** Told from the target when left out. */
  readonly task?: TrainingTask;
  /** Says which data this is; goes into the manifest. */
  readonly datasetHash: string;
}

export interface TrainingProgress {
  readonly algorithm: TrainedAlgorithm;
  /** 0 to 1, over everything that is to be tried. */
  readonly fraction: number;
  readonly round: number;
  readonly rounds: number;
  /** Loss after that round: log loss, or RMSE; null before the first. */
  readonly train: number | null;
  readonly valid: number | null;
}

export interface TrainingHooks {
  /** Called after each slice, some times a second. */
  report?(progress: TrainingProgress): void;
  /** A line for the person who waits: what was left out, what was chosen and why. */
  log?(line: string): void;
  /** Asked between slices. */
  shouldStop?(): boolean;
  /** Called about every five seconds with everything that is needed to go on from there. */
  saveCheckpoint?(checkpoint: Uint8Array): void | Promise<void>;
  /** What saveCheckpoint() got last; one of another training or a damaged one is not used. */
  readonly checkpoint?: Uint8Array;
  /** Milliseconds on a clock that never goes back; says when to save, and nothing else. */
  readonly now?: () => number;
  /** What sums histograms; the quicker one that runs here when left out. The model is the same, bit by bit. */
  readonly kernel?: HistogramKernel;
}

export interface TrainingResult {
  readonly manifest: ModelManifest;
  /** The bytes of manifest.json. */
  readonly manifestBytes: Uint8Array;
  /** The bytes of model.bin. */
  readonly modelBytes: Uint8Array;
  /** SHA-256 of manifest.json, which holds that of model.bin: the same data and seed, the same hash. */
  readonly hash: string;
}
