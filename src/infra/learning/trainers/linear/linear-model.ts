// A trained linear model: intercept and weights per output.

import { ByteReader, DamagedBytes } from '../../byte-reader.js';
import { ByteWriter } from '../../byte-writer.js';
import { writeAnswers } from '../output-scale.js';
import type { TrainedModel } from '../trained-model.js';
import { standardised, type FeatureDesign } from './linear-design.js';

const MAGIC = 'MPLN';
const VERSION = 1;

export class LinearModel implements TrainedModel {
  readonly algorithm = 'linear';
  private readonly sums: Float64Array;
  /** Weights per output. */
  readonly width: number;

  /** @param weights output after output: those of each feature's slots, and the intercept */
  constructor(
    private readonly task: 'classification' | 'regression',
    readonly design: readonly FeatureDesign[],
    readonly weights: Float64Array,
    readonly importance: Float64Array,
  ) {
    this.width = design.reduce((sum, { slots }) => sum + slots, 1);
    this.sums = new Float64Array(weights.length / this.width);
  }

  evaluate(rows: Float64Array, output: Float64Array): void {
    const features = this.design.length;
    for (let row = 0, index = 0; row < rows.length; row += features, index += 1) {
      this.score(rows, row);
      writeAnswers(this.task, this.sums, this.sums.length, output, index, 1);
    }
  }

  private score(rows: Float64Array, row: number): void {
    const { sums, weights, design } = this;
    for (let output = 0, at = 0; output < sums.length; output += 1) {
      let sum = 0;
      for (let feature = 0; feature < design.length; feature += 1) {
        const own = design[feature]!;
        sum += contribution(own, weights, at, rows[row + feature]!);
        at += own.slots;
      }
      sums[output] = sum + weights[at]!;
      at += 1;
    }
  }

  encode(): Uint8Array {
    const writer = new ByteWriter()
      .magic(MAGIC)
      .u8(VERSION)
      .u8(this.task === 'regression' ? 0 : 1);
    writer.u32(this.design.length);
    for (const feature of this.design) {
      if (feature.kind === 'number') writer.u8(0).f64(feature.center).f64(feature.scale);
      else writer.u8(1).u16(feature.slots).u16List(feature.slotOf);
    }
    return writer.f64List(this.weights).f64List(this.importance).finish();
  }

  /** @param categories per feature how many there are; undefined for numbers. @throws DamagedBytes */
  static decode(
    bytes: Uint8Array,
    outputs: number,
    categories: ReadonlyArray<number | undefined>,
  ): LinearModel {
    const reader = new ByteReader(bytes);
    reader.expect(MAGIC);
    if (reader.u8() !== VERSION) throw new DamagedBytes('its version is unknown');
    const task = reader.u8() === 0 ? 'regression' : 'classification';
    if ((task === 'regression') !== (outputs === 1)) throw new DamagedBytes('its task is another');
    if (reader.u32() !== categories.length) throw new DamagedBytes('features do not fit');
    const design = categories.map((count) => readDesign(reader, count));
    const weights = reader.f64List();
    const importance = reader.f64List();
    reader.end();
    const width = design.reduce((sum, { slots }) => sum + slots, 1);
    const sums = task === 'regression' || outputs === 2 ? 1 : outputs;
    if (weights.length !== width * sums || importance.length !== categories.length) {
      throw new DamagedBytes('weights do not fit');
    }
    if (![weights, importance].every((list) => list.every(Number.isFinite)))
      throw new DamagedBytes('no number');
    return new LinearModel(task, design, weights, importance);
  }
}

function contribution(design: FeatureDesign, weights: Float64Array, at: number, value: number): number {
  if (Number.isNaN(value)) return weights[at + design.slots - 1]!;
  return design.kind === 'number'
    ? weights[at]! * standardised(value, design)
    : weights[at + design.slotOf[value]!]!;
}

function readDesign(reader: ByteReader, categories: number | undefined): FeatureDesign {
  const isNumber = reader.u8() === 0;
  if (isNumber !== (categories === undefined)) throw new DamagedBytes('features do not fit');
  if (isNumber) {
    const center = reader.f64();
    const scale = reader.f64();
    if (!Number.isFinite(center) || !Number.isFinite(scale)) throw new DamagedBytes('no number');
    return { kind: 'number', center, scale, slots: 2 };
  }
  const slots = reader.u16();
  const slotOf = reader.u16List();
  if (slotOf.length !== categories || slotOf.some((slot) => slot >= slots - 1)) {
    throw new DamagedBytes('categories do not fit');
  }
  return { kind: 'category', slotOf, slots };
}
