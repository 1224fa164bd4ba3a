// Puts the values of a column into at most 255 groups of about the same size, learned from training rows
// alone. The group after the last is the one of missing values.

import type { Random } from '../../random.js';
import type { CategoryColumn, NumberColumn, TrainingColumn } from '../../training-table.js';

export interface FeatureBins {
  /** Without the one for missing values, whose number this therefore is. */
  readonly bins: number;
  /** Of a number, per bin the largest value that is in it or below; undefined for categories. */
  readonly edges?: Float64Array;
  /** Per category its bin; undefined for numbers. */
  readonly binOfCategory?: Uint8Array;
}

/** Quantiles of so many rows are as good as those of all. */
const SAMPLE_ROWS = 200_000;

export function learnBins(
  column: TrainingColumn,
  rows: Int32Array,
  maxBins: number,
  random: Random,
): FeatureBins {
  return column.kind === 'number'
    ? numberBins(column, rows, maxBins, random)
    : categoryBins(column, rows, maxBins);
}

/** The bin of each of the rows. */
export function binRows(column: TrainingColumn, bins: FeatureBins, rows: Int32Array): Uint8Array {
  const binned = new Uint8Array(rows.length);
  if (column.kind === 'category') {
    for (let index = 0; index < rows.length; index += 1) {
      const code = column.codes[rows[index]!]!;
      binned[index] = code < 0 ? bins.bins : bins.binOfCategory![code]!;
    }
    return binned;
  }
  const { values } = column;
  const edges = bins.edges!;
  for (let index = 0; index < rows.length; index += 1) {
    const value = values[rows[index]!]!;
    binned[index] = Number.isNaN(value) ? bins.bins : firstEdgeFrom(edges, value);
  }
  return binned;
}

/** The first bin whose edge is not below the value; values beyond all edges are in the last bin. */
function firstEdgeFrom(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function numberBins(column: NumberColumn, rows: Int32Array, maxBins: number, random: Random): FeatureBins {
  const sorted = sampled(column.values, rows, random).sort();
  const edges: number[] = [];
  let left = sorted.length;
  let inBin = 0;
  for (let start = 0; start < sorted.length;) {
    const value = sorted[start]!;
    const end = endOfRun(sorted, start);
    inBin += end - start;
    const next = end < sorted.length ? endOfRun(sorted, end) - end : 0;
    // As many as each of the bins that are left would get; a value that is that frequent gets its own.
    const fair = left / (maxBins - edges.length);
    if (end < sorted.length && edges.length < maxBins - 1 && (inBin >= fair || next >= fair)) {
      edges.push(between(value, sorted[end]!));
      left -= inBin;
      inBin = 0;
    }
    start = end;
  }
  if (sorted.length > 0) edges.push(Number.MAX_VALUE);
  return { bins: edges.length, edges: Float64Array.from(edges) };
}

/** Without the missing ones. */
function sampled(values: Float64Array, rows: Int32Array, random: Random): Float64Array {
  const all = rows.length <= SAMPLE_ROWS;
  const count = all ? rows.length : SAMPLE_ROWS;
  const sample = new Float64Array(count);
  let found = 0;
  for (let index = 0; index < count; index += 1) {
    const value = values[rows[all ? index : random.below(rows.length)]!]!;
    if (!Number.isNaN(value)) sample[found++] = value;
  }
  return sample.subarray(0, found);
}

function endOfRun(sorted: Float64Array, start: number): number {
  let end = start + 1;
  while (end < sorted.length && sorted[end] === sorted[start]) end += 1;
  return end;
}

/** At least the lower and less than the upper one, whatever rounding does. */
function between(lower: number, upper: number): number {
  const middle = lower / 2 + upper / 2;
  return middle >= lower && middle < upper ? middle : lower;
}

/** Frequent categories get bins of their own, the rest share the last one. */
function categoryBins(column: CategoryColumn, rows: Int32Array, maxBins: number): FeatureBins {
  const counts = new Int32Array(column.categories.length);
  for (const row of rows) if (column.codes[row]! >= 0) counts[column.codes[row]!]! += 1;
  const byCount = Array.from(counts.keys()).sort(
    (one, other) => counts[other]! - counts[one]! || one - other,
  );
  const last = Math.min(maxBins, counts.length) - 1;
  const binOfCategory = new Uint8Array(counts.length);
  for (const [rank, code] of byCount.entries()) binOfCategory[code] = Math.min(rank, last);
  return { bins: last + 1, binOfCategory };
}
