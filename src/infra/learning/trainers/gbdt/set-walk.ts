// Walks trees for many rows without asking of what kind a node is: each value becomes a bin among the thresholds of
// its feature, and each node a set of the bins that go left. Numbers, categories and missing values are alike, and
// nothing is left for the processor to guess wrong.

import { BY_CATEGORY, LEAF, MISSING_LEFT, SET_WORDS, type TreeList } from './tree-list.js';
import type { CategoryBins } from './tree-walk.js';

/** The bin of missing values; all others are below. */
const MISSING = 32 * SET_WORDS - 1;
/** Sets take 32 bytes per node; models of more nodes are walked as they are. */
const MOST_NODES = 100_000;
const ROWS_AT_ONCE = 64;

export class SetWalk {
  /** Of feature and row the bin, row after row. */
  private readonly bins: Uint8Array;

  private constructor(
    private readonly trees: TreeList,
    private readonly categoryBins: CategoryBins,
    /** Per feature its thresholds, ascending. */
    private readonly thresholds: readonly Float64Array[],
    /** Per node the right child and the left one; a leaf is its own. */
    private readonly children: Int32Array,
    /** Per node which bins go left. */
    private readonly sets: Int32Array,
    private readonly feature: Uint16Array,
  ) {
    this.bins = new Uint8Array(ROWS_AT_ONCE * categoryBins.length);
  }

  /** @returns undefined for trees that are too many, or that ask for more bins than a set has */
  static of(trees: TreeList, categoryBins: CategoryBins): SetWalk | undefined {
    if (trees.feature.length > MOST_NODES) return undefined;
    const thresholds = thresholdsOf(trees, categoryBins.length);
    const isTooFine = thresholds.some(({ length }) => length >= MISSING);
    if (isTooFine || categoryBins.some((bins) => bins?.includes(MISSING))) return undefined;
    const feature = trees.feature.map((own) => (own === LEAF ? 0 : own));
    const sets = setsOf(trees, thresholds);
    return new SetWalk(trees, categoryBins, thresholds, childrenOf(trees), sets, feature);
  }

  /** As TreeWalk does, and with the same sums to the last bit. */
  add(rows: Float64Array, first: number, count: number, sums: Float64Array, perRow: number): void {
    for (let done = 0; done < count; done += ROWS_AT_ONCE) {
      const own = Math.min(ROWS_AT_ONCE, count - done);
      this.bin(rows, first + done, own);
      this.addBinned(own, sums, done * perRow, perRow);
    }
  }

  /** Four rows side by side: while one waits for its next node, the others go on. */
  private addBinned(count: number, sums: Float64Array, offset: number, perRow: number): void {
    const { bins, feature, sets, children } = this;
    const { starts, value } = this.trees;
    const width = this.categoryBins.length;
    const trees = starts.length - 1;
    // The last rows of fewer than four are walked with rows that nobody asks about.
    for (let tree = 0; tree < trees; tree += 1) {
      const root = starts[tree]!;
      let at = offset + (tree % perRow);
      for (let row = 0; row < count; row += 4, at += 4 * perRow) {
        const own = row * width;
        let first = root;
        let second = root;
        let third = root;
        let fourth = root;
        for (;;) {
          const nextFirst = nextNode(first, own, bins, feature, sets, children);
          const nextSecond = nextNode(second, own + width, bins, feature, sets, children);
          const nextThird = nextNode(third, own + 2 * width, bins, feature, sets, children);
          const nextFourth = nextNode(fourth, own + 3 * width, bins, feature, sets, children);
          // Leaves stay where they are.
          const moved =
            (nextFirst ^ first) | (nextSecond ^ second) | (nextThird ^ third) | (nextFourth ^ fourth);
          if (moved === 0) break;
          first = nextFirst;
          second = nextSecond;
          third = nextThird;
          fourth = nextFourth;
        }
        sums[at]! += value[first]!;
        if (row + 1 < count) sums[at + perRow]! += value[second]!;
        if (row + 2 < count) sums[at + 2 * perRow]! += value[third]!;
        if (row + 3 < count) sums[at + 3 * perRow]! += value[fourth]!;
      }
    }
  }

  private bin(rows: Float64Array, first: number, count: number): void {
    const { bins, categoryBins, thresholds } = this;
    const width = categoryBins.length;
    for (let at = 0, from = first * width; at < count * width; from += width) {
      for (let feature = 0; feature < width; feature += 1, at += 1) {
        const given = rows[from + feature]!;
        const categories = categoryBins[feature];
        if (Number.isNaN(given)) bins[at] = MISSING;
        else bins[at] = categories ? categories[given]! : thresholdsBelow(thresholds[feature]!, given);
      }
    }
  }
}

/** @param own where the bins of the row begin */
function nextNode(
  node: number,
  own: number,
  bins: Uint8Array,
  feature: Uint16Array,
  sets: Int32Array,
  children: Int32Array,
): number {
  const bin = bins[own + feature[node]!]!;
  const goesLeft = (sets[SET_WORDS * node + (bin >>> 5)]! >>> (bin & 31)) & 1;
  return children[2 * node + goesLeft]!;
}

/** How many are less than the value: as many as the index of the first that is not. */
function thresholdsBelow(thresholds: Float64Array, value: number): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (thresholds[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function thresholdsOf({ feature, flags, value }: TreeList, features: number): Float64Array[] {
  const found = Array.from({ length: features }, () => new Set<number>());
  for (let node = 0; node < feature.length; node += 1) {
    const isNumber = feature[node] !== LEAF && (flags[node]! & BY_CATEGORY) === 0;
    if (isNumber) found[feature[node]!]!.add(value[node]!);
  }
  return found.map((own) => Float64Array.from(own).sort());
}

function childrenOf({ feature, right }: TreeList): Int32Array {
  const children = new Int32Array(2 * feature.length);
  for (let node = 0; node < feature.length; node += 1) {
    const isLeaf = feature[node] === LEAF;
    children[2 * node] = isLeaf ? node : right[node]!;
    children[2 * node + 1] = isLeaf ? node : node + 1;
  }
  return children;
}

function setsOf(trees: TreeList, thresholds: readonly Float64Array[]): Int32Array {
  const { feature, flags, value } = trees;
  const sets = new Int32Array(SET_WORDS * feature.length);
  for (let node = 0; node < feature.length; node += 1) {
    if (feature[node] === LEAF) continue;
    const own = sets.subarray(SET_WORDS * node, SET_WORDS * (node + 1));
    if ((flags[node]! & BY_CATEGORY) !== 0) {
      const set = SET_WORDS * value[node]!;
      own.set(trees.sets.subarray(set, set + SET_WORDS));
    } else {
      // Of -0 and 0 only one is among the thresholds, and neither is below the other.
      const last = thresholdsBelow(thresholds[feature[node]!]!, value[node]!);
      for (let bin = 0; bin <= last; bin += 1) own[bin >>> 5]! |= 1 << (bin & 31);
    }
    const missing = 1 << (MISSING & 31);
    own[MISSING >>> 5]! &= ~missing;
    if ((flags[node]! & MISSING_LEFT) !== 0) own[MISSING >>> 5]! |= missing;
  }
  return sets;
}
