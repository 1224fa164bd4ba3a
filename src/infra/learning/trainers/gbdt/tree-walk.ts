// Walks trees as they are stored: for few rows, and for models too large for what SetWalk needs.

import { BY_CATEGORY, LEAF, MISSING_LEFT, SET_WORDS, type TreeList } from './tree-list.js';

/** Per feature the bin of each category; undefined for numbers. */
export type CategoryBins = ReadonlyArray<Uint8Array | undefined>;

const FLAG_BITS = 2;
const FLAGS = (1 << FLAG_BITS) - 1;
const NO_FEATURE = -1;

export class TreeWalk {
  /** Feature and flags of a node in one number, for they are needed together; NO_FEATURE for a leaf. */
  private readonly heads: Int32Array;

  constructor(
    private readonly trees: TreeList,
    private readonly categoryBins: CategoryBins,
  ) {
    this.heads = Int32Array.from(trees.feature, (feature, node) =>
      feature === LEAF ? NO_FEATURE : (feature << FLAG_BITS) | (trees.flags[node]! & FLAGS),
    );
  }

  /**
   * Adds what each tree says about some rows; tree t belongs to the sum t modulo their number.
   * @param rows row after row, a number per feature
   * @param first the row to begin with
   * @param sums from 0 on, `perRow` for each of the rows
   */
  add(rows: Float64Array, first: number, count: number, sums: Float64Array, perRow: number): void {
    const { heads } = this;
    const { starts, right, value } = this.trees;
    const width = this.categoryBins.length;
    const trees = starts.length - 1;
    for (let tree = 0; tree < trees; tree += 1) {
      const root = starts[tree]!;
      for (let row = first * width, at = tree % perRow, end = row + count * width; row < end; row += width) {
        let node = root;
        let head = heads[node]!;
        while (head >= 0) {
          const given = rows[row + (head >> FLAG_BITS)]!;
          let left = given <= value[node]!;
          // Most numbers need no more than this comparison, which is false for what is missing.
          if ((head & FLAGS) !== 0) left = this.goesLeft(node, head, given, left);
          node = left ? node + 1 : right[node]!;
          head = heads[node]!;
        }
        sums[at]! += value[node]!;
        at += perRow;
      }
    }
  }

  private goesLeft(node: number, head: number, given: number, isBelow: boolean): boolean {
    if (Number.isNaN(given)) return (head & MISSING_LEFT) !== 0;
    if ((head & BY_CATEGORY) === 0) return isBelow;
    const { value, sets } = this.trees;
    const bin = this.categoryBins[head >> FLAG_BITS]![given]!;
    return ((sets[value[node]! * SET_WORDS + (bin >>> 5)]! >>> (bin & 31)) & 1) === 1;
  }
}
