// The best division of categories in two. Sorted by gradient over hessian, the best subset is the beginning
// or the end of the row (Fisher 1958, "On grouping for maximum homogeneity"; as LightGBM does).

import { STRIDE } from './histograms/histogram-layout.js';
import { LEAST_GAIN, LEAST_HESSIAN, type LeafSums, type Split, type SplitRules } from './split-finder.js';

/** Most categories that one split names. */
const MOST_NAMED = 32;
/** With fewer rows in the leaf a category says little; it stays on the other side, with those never seen. */
const FEWEST_ROWS = 10;
/** Moves the place of small categories towards the middle. */
const SMOOTHING = 10;
/** So few categories can hardly be sorted by chance, and need no further penalty. */
const FEW_CATEGORIES = 4;
const FURTHER_L2 = 10;

/** Missing values are a category like others. Rare and unknown categories go right. */
export function findCategorySplit(
  feature: number,
  histogram: Float64Array,
  offset: number,
  bins: number,
  sums: LeafSums,
  rules: SplitRules,
): Split | undefined {
  const fewest = Math.min(FEWEST_ROWS, rules.minLeaf);
  const order: number[] = [];
  for (let bin = 0; bin <= bins; bin += 1) {
    if (histogram[offset + STRIDE * bin + 2]! >= fewest) order.push(bin);
  }
  if (order.length === 0) return undefined;
  const place = (bin: number): number =>
    histogram[offset + STRIDE * bin]! / (histogram[offset + STRIDE * bin + 1]! + SMOOTHING);
  order.sort((one, other) => place(one) - place(other) || one - other);

  const l2 = rules.l2 + (order.length > FEW_CATEGORIES ? FURTHER_L2 : 0);
  const parent = (sums.gradient * sums.gradient) / (sums.hessian + rules.l2);
  let bestScore = parent + LEAST_GAIN;
  let best: { named: readonly number[]; left: LeafSums } | undefined;
  for (const direction of [order, order.toReversed()]) {
    let gradient = 0;
    let hessian = 0;
    let rows = 0;
    for (let count = 1; count <= Math.min(direction.length, MOST_NAMED); count += 1) {
      const at = offset + STRIDE * direction[count - 1]!;
      gradient += histogram[at]!;
      hessian += histogram[at + 1]!;
      rows += histogram[at + 2]!;
      if (rows < rules.minLeaf || hessian < LEAST_HESSIAN) continue;
      if (sums.rows - rows < rules.minLeaf || sums.hessian - hessian < LEAST_HESSIAN) break;
      const rest = sums.gradient - gradient;
      const score = (gradient * gradient) / (hessian + l2) + (rest * rest) / (sums.hessian - hessian + l2);
      if (score > bestScore) {
        bestScore = score;
        best = { named: direction.slice(0, count), left: { gradient, hessian, rows } };
      }
    }
  }
  if (!best) return undefined;
  const goesLeft = new Uint8Array(bins + 1);
  for (const bin of best.named) goesLeft[bin] = 1;
  return {
    feature,
    gain: bestScore - parent,
    missingLeft: goesLeft[bins] === 1,
    lastLeftBin: undefined,
    goesLeft,
    left: best.left,
  };
}
