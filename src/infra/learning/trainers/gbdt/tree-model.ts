// A trained ensemble of trees: sums what one leaf per tree says, and turns the sums into an answer.

import { ByteReader, DamagedBytes } from '../../byte-reader.js';
import { ByteWriter } from '../../byte-writer.js';
import { writeAnswers } from '../output-scale.js';
import type { TrainedModel } from '../trained-model.js';
import { SetWalk } from './set-walk.js';
import { BY_CATEGORY, LEAF, readTrees, writeTrees, type TreeList } from './tree-list.js';
import { TreeWalk, type CategoryBins } from './tree-walk.js';

const MAGIC = 'MPGB';
const VERSION = 1;
/** Tree by tree for some rows, so that both stay in the processor's nearest cache. */
const ROWS_AT_ONCE = 64;

export class TreeModel implements TrainedModel {
  readonly algorithm = 'gbdt';
  private readonly sums: Float64Array;
  private readonly walk: SetWalk | TreeWalk;

  /**
   * @param base what each output begins with; one for regression and for two classes
   * @param trees in rounds, one tree per output
   */
  constructor(
    private readonly task: 'classification' | 'regression',
    readonly base: Float64Array,
    readonly categoryBins: CategoryBins,
    readonly trees: TreeList,
  ) {
    this.sums = new Float64Array(base.length * ROWS_AT_ONCE);
    this.walk = SetWalk.of(trees, categoryBins) ?? new TreeWalk(trees, categoryBins);
  }

  get importance(): Float64Array {
    const shares = new Float64Array(this.categoryBins.length);
    const { feature, gain } = this.trees;
    for (let node = 0; node < feature.length; node += 1) {
      if (feature[node] !== LEAF) shares[feature[node]!]! += gain[node]!;
    }
    const sum = shares.reduce((total, share) => total + share, 0);
    return sum > 0 ? shares.map((share) => share / sum) : shares;
  }

  evaluate(rows: Float64Array, output: Float64Array): void {
    const width = this.categoryBins.length;
    const perRow = this.base.length;
    const count = rows.length / width;
    for (let first = 0; first < count; first += ROWS_AT_ONCE) {
      const own = Math.min(ROWS_AT_ONCE, count - first);
      for (let at = 0; at < own * perRow; at += 1) this.sums[at] = this.base[at % perRow]!;
      this.walk.add(rows, first, own, this.sums, perRow);
      writeAnswers(this.task, this.sums, perRow, output, first, own);
    }
  }

  encode(): Uint8Array {
    const writer = new ByteWriter()
      .magic(MAGIC)
      .u8(VERSION)
      .u8(this.task === 'regression' ? 0 : 1);
    writer.f64List(this.base).u32(this.categoryBins.length);
    for (const bins of this.categoryBins) writer.u8(bins ? 1 : 0).block(bins ?? new Uint8Array());
    writeTrees(writer, this.trees);
    return writer.finish();
  }

  /**
   * @param categories per feature how many there are; undefined for numbers
   * @throws DamagedBytes
   */
  static decode(
    bytes: Uint8Array,
    outputs: number,
    categories: ReadonlyArray<number | undefined>,
  ): TreeModel {
    const reader = new ByteReader(bytes);
    reader.expect(MAGIC);
    if (reader.u8() !== VERSION) throw new DamagedBytes('its version is unknown');
    const task = reader.u8() === 0 ? 'regression' : 'classification';
    if ((task === 'regression') !== (outputs === 1)) throw new DamagedBytes('its task is another');
    const base = reader.f64List();
    const sums = task === 'regression' || outputs === 2 ? 1 : outputs;
    if (base.length !== sums || !base.every(Number.isFinite)) throw new DamagedBytes('the base does not fit');
    if (reader.u32() !== categories.length) throw new DamagedBytes('features do not fit');
    const categoryBins = categories.map((count) => {
      const isCategory = reader.u8() === 1;
      const bins = reader.block();
      if (isCategory !== (count !== undefined) || bins.length !== (count ?? 0)) {
        throw new DamagedBytes('categories do not fit');
      }
      return isCategory ? bins : undefined;
    });
    const trees = readTrees(reader, categories.length);
    reader.end();
    if ((trees.starts.length - 1) % sums !== 0) throw new DamagedBytes('a round is incomplete');
    const isSetOfNumbers = trees.feature.some(
      (feature, node) =>
        feature !== LEAF && ((trees.flags[node]! & BY_CATEGORY) !== 0) !== !!categoryBins[feature],
    );
    if (isSetOfNumbers) throw new DamagedBytes('a split does not fit its feature');
    return new TreeModel(task, base, categoryBins, trees);
  }
}
