// Which rows and which columns one tree gets to see.

import type { Random } from '../../random.js';
import type { FeatureBins } from './feature-bins.js';

export interface RowSample {
  /** Positions among the training rows, ascending. */
  readonly rows: Int32Array;
  /** Per training row, 1 when it is not among them; undefined when all are. */
  readonly others: Uint8Array | undefined;
}

export function sampleRows(count: number, share: number, random: Random): RowSample {
  const all = new Int32Array(count);
  for (let row = 0; row < count; row += 1) all[row] = row;
  if (share >= 1) return { rows: all, others: undefined };
  const others = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) others[row] = random.fraction() < share ? 0 : 1;
  return { rows: all.filter((row) => others[row] === 0), others };
}

/** Ascending, at least one; columns with one value cannot divide anything and are not among them. */
export function sampleColumns(features: readonly FeatureBins[], share: number, random: Random): Int32Array {
  const able = Int32Array.from(features.keys()).filter((feature) => features[feature]!.bins > 0);
  if (share >= 1 || able.length === 0) return able;
  random.shuffle(able);
  return able.slice(0, Math.max(1, Math.round(able.length * share))).sort();
}
