// How much a training may take.

import type { TrainingConfig } from '../../config/app-config.js';
import type { Tier } from '../../contracts/scopes.js';
import type { ChildLimits } from '../../infra/child-process/run-child.js';
import { completeParams, type TrainingParams } from '../../infra/learning/training-params.js';
import { mostHistogramBytes } from '../../infra/learning/trainers/gbdt/histograms/histogram-layout.js';

/** How many trainings of one user run at the same time; further ones wait for their turn. */
export const TRAININGS_AT_ONCE: Readonly<Record<Tier, number>> = { free: 1, pro: 2, enterprise: 5 };

/** For one attempt, less than the time-out of the job, whatever the settings say. */
const MOST_MS = 120 * 60_000;

const MEBIBYTE = 1_024 ** 2;
/** Node itself, and what does not grow with the table. */
const HEAP_BASE_MEBIBYTES = 512;
/** Labels: a column of different texts keeps one object for each. */
const HEAP_BYTES_PER_CELL = 64;
const HEAP_MOST_MEBIBYTES = 8_192;
/** The reader of the table, which has a limit of its own. */
const NATIVE_BASE_BYTES = 768 * MEBIBYTE;
/** A value, its bin here and in the memory of the kernel, and what a checkpoint takes. */
const NATIVE_BYTES_PER_CELL = 32;
/** Target, scores, derivatives, and twice more those and the number of the row for the kernel. */
const NATIVE_BYTES_PER_ROW = 128;

/** Limits of the process that trains on a table of this size. @param most what the settings allow */
export function trainingLimits(
  rows: number,
  columns: number,
  most: TrainingConfig,
  params: Partial<TrainingParams> = {},
): ChildLimits {
  const cells = rows * columns;
  const histograms = mostHistogramBytes(columns, completeParams(params, 'gbdt', rows));
  const heapMegabytes = Math.min(
    HEAP_MOST_MEBIBYTES,
    HEAP_BASE_MEBIBYTES + Math.ceil((cells * HEAP_BYTES_PER_CELL) / MEBIBYTE),
  );
  const wanted =
    heapMegabytes * MEBIBYTE +
    NATIVE_BASE_BYTES +
    cells * NATIVE_BYTES_PER_CELL +
    rows * NATIVE_BYTES_PER_ROW +
    histograms;
  return {
    timeoutMs: Math.min(MOST_MS, most.seconds * 1_000),
    heapMegabytes,
    memoryBytes: Math.min(wanted, most.bytes),
  };
}
