// Splits by sets of categories for trees that only compare numbers: each different set becomes a column that is 0
// for what goes left and 1 for what goes right.

import type { GraphDraft } from '../../onnx/graph-draft.js';
import { MISSING_LEFT, SET_WORDS, type TreeList } from '../trainers/gbdt/tree-list.js';
import type { TreeModel } from '../trainers/gbdt/tree-model.js';
import type { InputColumns } from './input-columns.js';
import { OnnxNotExpressible } from './onnx-not-expressible.js';

/** More columns would take hundreds of megabytes when some rows are asked at once. */
const MOST_COLUMNS = 8_192;

interface Side {
  readonly words: Uint32Array;
  readonly missingLeft: boolean;
}

export class CategorySides {
  private readonly sides: readonly Map<string, Side & { readonly index: number }>[];
  private readonly firstOf: readonly number[];

  /** @param nodes those that split by category */
  constructor(
    private readonly model: TreeModel,
    nodes: readonly number[],
  ) {
    const { trees, categoryBins } = model;
    this.sides = categoryBins.map(() => new Map());
    for (const node of nodes) {
      const known = this.sides[trees.feature[node]!]!;
      const { key, ...side } = sideOf(trees, node);
      if (!known.has(key)) known.set(key, { ...side, index: known.size });
    }
    let count = categoryBins.length;
    this.firstOf = this.sides.map(({ size }) => (count += size) - size);
    if (count - categoryBins.length > MOST_COLUMNS) {
      throw new OnnxNotExpressible(
        'The model divides categories in too many ways for ONNX. Train with fewer rounds.',
      );
    }
  }

  /** The column that says where a node sends a row. */
  columnOf(node: number): number {
    const feature = this.model.trees.feature[node]!;
    return this.firstOf[feature]! + this.sides[feature]!.get(sideOf(this.model.trees, node).key)!.index;
  }

  /** @returns name of the input with these columns behind its own */
  widen(draft: GraphDraft, columns: InputColumns): string {
    const more = this.sides.flatMap((sides, feature) =>
      sides.size === 0 ? [] : [this.columnsOf(draft, columns, feature, [...sides.values()])],
    );
    if (more.length === 0) return columns.input;
    return draft.apply('Concat', [columns.input, ...more], [{ name: 'axis', int: 1 }]);
  }

  private columnsOf(
    draft: GraphDraft,
    columns: InputColumns,
    feature: number,
    sides: readonly Side[],
  ): string {
    const bins = this.model.categoryBins[feature]!;
    const count = bins.reduce((most, bin) => Math.max(most, bin + 1), 0);
    const binOfCode = draft.integers([bins.length + 1], [...bins, count]);
    const bin = draft.apply('Gather', [binOfCode, columns.codes(feature)]);
    const ofBins = Array.from({ length: count }, (_, index) =>
      sides.map(({ words }) => (has(words, index) ? 0 : 1)),
    );
    const ofMissing = sides.map(({ missingLeft }) => (missingLeft ? 0 : 1));
    const table = draft.doubles([count + 1, sides.length], [...ofBins, ofMissing].flat());
    return draft.apply('Gather', [table, bin]);
  }
}

function sideOf({ sets, value, flags }: TreeList, node: number): Side & { readonly key: string } {
  const start = value[node]! * SET_WORDS;
  const words = sets.subarray(start, start + SET_WORDS);
  const missingLeft = (flags[node]! & MISSING_LEFT) !== 0;
  return { words, missingLeft, key: `${words.join(' ')} ${missingLeft}` };
}

function has(words: Uint32Array, bin: number): boolean {
  return ((words[bin >>> 5]! >>> (bin & 31)) & 1) === 1;
}
