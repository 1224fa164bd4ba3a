// Grows one tree, always dividing the leaf that gains most (leaf-wise).

import { findCategorySplit } from './category-split.js';
import type { FeatureBins } from './feature-bins.js';
import type { HistogramWorkspace } from './histograms/histogram-workspace.js';
import { findNumberSplit, type LeafSums, type Split } from './split-finder.js';
import type { GrownLeaf, GrownNode, GrownTree } from './tree-list-builder.js';

export interface GrowingRules {
  readonly maxLeaves: number;
  readonly minLeaf: number;
  readonly l2: number;
  readonly learningRate: number;
}

interface Leaf extends GrownLeaf {
  readonly sums: LeafSums;
  readonly histogram: Float64Array | undefined;
  readonly split: Split | undefined;
}

/** After so many additions it is time for breath. */
const BREATH = 2_000_000;

export class TreeGrower {
  private readonly spare: Int32Array;

  /** @param workspace with room for as many histograms as a tree has leaves */
  constructor(
    private readonly features: readonly FeatureBins[],
    private readonly workspace: HistogramWorkspace,
    private readonly rules: GrowingRules,
  ) {
    this.spare = new Int32Array(workspace.rows.length);
  }

  /**
   * @param sample which training rows to grow from
   * @param columns which features may divide, ascending
   * @param gradients of all training rows
   */
  *grow(
    sample: Int32Array,
    columns: Int32Array,
    gradients: Float64Array,
    hessians: Float64Array,
  ): Generator<void, GrownTree> {
    const nodes: GrownNode[] = [{ value: 0 }];
    const rows = this.workspace.rows.subarray(0, sample.length);
    rows.set(sample);
    const sums = sumsOf(rows, gradients, hessians);
    const histogram = yield* this.fill(0, rows.length, columns, gradients, hessians);
    const leaves: Leaf[] = [this.leaf(0, 0, rows.length, sums, histogram, columns)];
    while (leaves.length < this.rules.maxLeaves) {
      const best = mostGain(leaves);
      if (best < 0) break;
      const { node, start, end, sums, split, histogram: parent } = leaves[best]!;
      const middle = this.partition(start, end, split!);
      const left = split!.left;
      const right = {
        gradient: sums.gradient - left.gradient,
        hessian: sums.hessian - left.hessian,
        rows: sums.rows - left.rows,
      };
      const leftIsSmall = middle - start <= end - middle;
      const [smallStart, smallEnd] = leftIsSmall ? [start, middle] : [middle, end];
      const small = yield* this.fill(smallStart, smallEnd, columns, gradients, hessians);
      subtractHistogram(parent!, small);
      nodes[node]!.split = this.describe(split!, nodes.length, nodes.length + 1);
      const [forLeft, forRight] = leftIsSmall ? [small, parent!] : [parent!, small];
      leaves[best] = this.leaf(nodes.length, start, middle, left, forLeft, columns);
      leaves.push(this.leaf(nodes.length + 1, middle, end, right, forRight, columns));
      nodes.push({ value: 0 }, { value: 0 });
    }
    for (const { node, sums, histogram } of leaves) {
      if (histogram) this.workspace.release(histogram);
      nodes[node]!.value = nodes.length === 1 ? 0 : this.valueOf(sums);
    }
    return { nodes, leaves, rows };
  }

  private valueOf({ gradient, hessian }: LeafSums): number {
    return (-this.rules.learningRate * gradient) / (hessian + this.rules.l2);
  }

  private *fill(
    start: number,
    end: number,
    columns: Int32Array,
    gradients: Float64Array,
    hessians: Float64Array,
  ): Generator<void, Float64Array> {
    const histogram = this.workspace.take();
    // In the order of the leaf's rows, since they are read once per feature.
    this.workspace.collect(start, end, gradients, hessians);
    let sinceBreath = 0;
    for (const feature of columns) {
      this.workspace.sum(histogram, feature);
      sinceBreath += end - start;
      if (sinceBreath > BREATH) {
        sinceBreath = 0;
        yield;
      }
    }
    yield;
    return histogram;
  }

  /** A leaf with the best of its splits; without one it needs no histogram any more. */
  private leaf(
    node: number,
    start: number,
    end: number,
    sums: LeafSums,
    histogram: Float64Array,
    columns: Int32Array,
  ): Leaf {
    const split = sums.rows >= 2 * this.rules.minLeaf ? this.bestSplit(histogram, sums, columns) : undefined;
    if (split) return { node, start, end, sums, histogram, split };
    this.workspace.release(histogram);
    return { node, start, end, sums, histogram: undefined, split };
  }

  private bestSplit(histogram: Float64Array, sums: LeafSums, columns: Int32Array): Split | undefined {
    let best: Split | undefined;
    for (const feature of columns) {
      const { bins, edges } = this.features[feature]!;
      const find = edges ? findNumberSplit : findCategorySplit;
      const split = find(feature, histogram, this.workspace.layout.offsets[feature]!, bins, sums, this.rules);
      if (split && (!best || split.gain > best.gain)) best = split;
    }
    return best;
  }

  /** Brings those that go left before the others, each in their order. Returns where the others begin. */
  private partition(start: number, end: number, { feature, goesLeft }: Split): number {
    const { spare } = this;
    const { rows } = this.workspace;
    const bins = this.workspace.bins[feature]!;
    let left = start;
    let right = 0;
    for (let index = start; index < end; index += 1) {
      const row = rows[index]!;
      if (goesLeft[bins[row]!] === 1) rows[left++] = row;
      else spare[right++] = row;
    }
    rows.set(spare.subarray(0, right), left);
    return left;
  }

  private describe(split: Split, left: number, right: number): GrownNode['split'] {
    const { feature, gain, missingLeft, lastLeftBin, goesLeft } = split;
    const { bins, edges } = this.features[feature]!;
    const threshold = lastLeftBin === undefined ? undefined : edges![lastLeftBin]!;
    return { feature, gain, missingLeft, threshold, goesLeft, missingBin: bins, left, right };
  }
}

/** Takes one child's sums from its parent's, which leaves the other child's: half of the work saved. */
function subtractHistogram(parent: Float64Array, child: Float64Array): void {
  for (let index = 0; index < parent.length; index += 1) parent[index]! -= child[index]!;
}

function sumsOf(rows: Int32Array, gradients: Float64Array, hessians: Float64Array): LeafSums {
  let gradient = 0;
  let hessian = 0;
  for (const row of rows) {
    gradient += gradients[row]!;
    hessian += hessians[row]!;
  }
  return { gradient, hessian, rows: rows.length };
}

function mostGain(leaves: readonly Leaf[]): number {
  let best = -1;
  for (let index = 0; index < leaves.length; index += 1) {
    const gain = leaves[index]!.split?.gain;
    if (gain !== undefined && (best < 0 || gain > leaves[best]!.split!.gain)) best = index;
  }
  return best;
}
