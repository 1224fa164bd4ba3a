// The running sums of all trees for a set of rows.

import type { FeatureBins } from './feature-bins.js';
import type { GrownTree } from './tree-list-builder.js';
import { TreeWalk } from './tree-walk.js';
import type { TreeList } from './tree-list.js';
import { readRow } from '../../table-rows.js';
import type { TrainingColumn } from '../../training-table.js';

export class BoostedScores {
  /** Output after output. */
  readonly scores: Float64Array;

  constructor(
    private readonly binned: readonly Uint8Array[],
    private readonly rows: number,
    base: Float64Array,
  ) {
    this.scores = new Float64Array(rows * base.length);
    for (const [output, value] of base.entries()) this.scores.fill(value, output * rows, (output + 1) * rows);
  }

  /** Adds a tree to the rows that it was grown from, whose leaves are known. */
  addGrown({ nodes, leaves, rows }: GrownTree, output: number): void {
    const offset = output * this.rows;
    for (const { node, start, end } of leaves) {
      const { value } = nodes[node]!;
      for (let index = start; index < end; index += 1) this.scores[offset + rows[index]!]! += value;
    }
  }

  /** Adds a tree by walking it; `only` says which rows, all when left out. */
  addWalked({ nodes }: GrownTree, output: number, only?: Uint8Array): void {
    const offset = output * this.rows;
    for (let row = 0; row < this.rows; row += 1) {
      if (only && only[row] === 0) continue;
      let node = nodes[0]!;
      while (node.split) {
        const { feature, goesLeft, left, right } = node.split;
        node = nodes[goesLeft[this.binned[feature]![row]!] === 1 ? left : right]!;
      }
      this.scores[offset + row]! += node.value;
    }
  }
}

/** Adds trees that are packed already, as a prediction would, in the same order as they were grown. */
export function* replay(
  trees: TreeList,
  features: readonly TrainingColumn[],
  bins: readonly FeatureBins[],
  rows: Int32Array,
  { scores }: BoostedScores,
): Generator<void> {
  const outputs = scores.length / rows.length;
  const walk = new TreeWalk(
    trees,
    bins.map(({ binOfCategory }) => binOfCategory),
  );
  const row = new Float64Array(features.length);
  const sums = new Float64Array(outputs);
  for (let index = 0; index < rows.length; index += 1) {
    readRow(features, rows[index]!, row);
    for (let output = 0; output < outputs; output += 1) sums[output] = scores[output * rows.length + index]!;
    walk.add(row, 0, 1, sums, outputs);
    for (let output = 0; output < outputs; output += 1) scores[output * rows.length + index] = sums[output]!;
    if (index % 1_000 === 999) yield;
  }
}
