// Collects trees while they are grown, and brings the nodes of each into the order of a TreeList.

import { BY_CATEGORY, LEAF, MISSING_LEFT, SET_WORDS, type TreeList } from './tree-list.js';

/** A node as it was grown: of a leaf only the value counts. */
export interface GrownNode {
  split?: {
    readonly feature: number;
    readonly gain: number;
    readonly missingLeft: boolean;
    /** The largest value that goes left; undefined for a split by category. */
    readonly threshold: number | undefined;
    /** Per bin, whether it goes left. */
    readonly goesLeft: Uint8Array;
    readonly missingBin: number;
    readonly left: number;
    readonly right: number;
  };
  value: number;
}

export interface GrownLeaf {
  readonly node: number;
  /** Its rows, as positions in the tree's. */
  readonly start: number;
  readonly end: number;
}

export interface GrownTree {
  readonly nodes: GrownNode[];
  readonly leaves: readonly GrownLeaf[];
  /** The training rows that it was grown from, leaf by leaf; until the next tree is grown. */
  readonly rows: Int32Array;
}

export class TreeListBuilder {
  private readonly starts: number[] = [0];
  private readonly feature: number[] = [];
  private readonly flags: number[] = [];
  private readonly right: number[] = [];
  private readonly value: number[] = [];
  private readonly gain: number[] = [];
  private readonly sets: number[] = [];

  /** @param trees to go on from */
  constructor(trees?: TreeList) {
    if (!trees) return;
    this.starts = Array.from(trees.starts);
    this.feature = Array.from(trees.feature);
    this.flags = Array.from(trees.flags);
    this.right = Array.from(trees.right);
    this.value = Array.from(trees.value);
    this.gain = Array.from(trees.gain);
    this.sets = Array.from(trees.sets);
  }

  get nodes(): number {
    return this.feature.length;
  }

  /** Adds a tree whose root is the first of its nodes. */
  add(nodes: readonly GrownNode[]): void {
    this.append(nodes, 0);
    this.starts.push(this.feature.length);
  }

  build(): TreeList {
    return {
      starts: Uint32Array.from(this.starts),
      feature: Uint16Array.from(this.feature),
      flags: Uint8Array.from(this.flags),
      right: Uint32Array.from(this.right),
      value: Float64Array.from(this.value),
      gain: Float32Array.from(this.gain),
      sets: Uint32Array.from(this.sets),
    };
  }

  /** Depth is below the number of leaves, which is small. */
  private append(nodes: readonly GrownNode[], index: number): void {
    const { split, value } = nodes[index]!;
    const at = this.feature.length;
    this.feature.push(split?.feature ?? LEAF);
    this.gain.push(Math.fround(split?.gain ?? 0));
    this.right.push(0);
    if (!split) {
      this.flags.push(0);
      this.value.push(value);
      return;
    }
    const byCategory = split.threshold === undefined ? BY_CATEGORY : 0;
    this.flags.push(byCategory | (split.missingLeft ? MISSING_LEFT : 0));
    this.value.push(split.threshold ?? this.addSet(split.goesLeft, split.missingBin));
    this.append(nodes, split.left);
    this.right[at] = this.feature.length;
    this.append(nodes, split.right);
  }

  private addSet(goesLeft: Uint8Array, bins: number): number {
    const words = new Uint32Array(SET_WORDS);
    for (let bin = 0; bin < bins; bin += 1) {
      if (goesLeft[bin] === 1) words[bin >>> 5]! |= 1 << (bin & 31);
    }
    this.sets.push(...words);
    return this.sets.length / SET_WORDS - 1;
  }
}
