// All columns of a set of rows as one matrix, which is never written out: products are made column by column.
// The last weight of each output is its intercept.

import type { TrainingColumn } from '../../training-table.js';
import { addColumn, gatherColumn, type FeatureDesign } from './linear-design.js';

export class DesignMatrix {
  /** Weights per output. */
  readonly width: number;
  private readonly starts: readonly number[];

  constructor(
    private readonly features: readonly TrainingColumn[],
    private readonly design: readonly FeatureDesign[],
    readonly rows: Int32Array,
  ) {
    let width = 0;
    this.starts = design.map(({ slots }) => (width += slots) - slots);
    this.width = width + 1;
  }

  /** Scores of all rows, output after output. Stops for breath after each column. */
  *times(weights: Float64Array): Generator<void, Float64Array> {
    const rows = this.rows.length;
    const outputs = weights.length / this.width;
    const scores = new Float64Array(rows * outputs);
    for (let output = 0; output < outputs; output += 1) {
      const own = weights.subarray(output * this.width, (output + 1) * this.width);
      const into = scores.subarray(output * rows, (output + 1) * rows).fill(own[this.width - 1]!);
      for (const [index, column] of this.features.entries()) {
        const start = this.starts[index]!;
        addColumn(column, this.design[index]!, this.rows, own.subarray(start), into);
        yield;
      }
    }
    return scores;
  }

  /** Per weight, the sum over all rows of what it multiplies, times the row's factor for the output. */
  *transposedTimes(factors: Float64Array): Generator<void, Float64Array> {
    const rows = this.rows.length;
    const outputs = factors.length / rows;
    const sums = new Float64Array(this.width * outputs);
    for (let output = 0; output < outputs; output += 1) {
      const from = factors.subarray(output * rows, (output + 1) * rows);
      const own = sums.subarray(output * this.width, (output + 1) * this.width);
      for (const [index, column] of this.features.entries()) {
        const start = this.starts[index]!;
        const design = this.design[index]!;
        gatherColumn(column, design, this.rows, from, own.subarray(start, start + design.slots));
        yield;
      }
      own[this.width - 1] = from.reduce((sum, factor) => sum + factor, 0);
    }
    return sums;
  }

  /** How much each weight of one output moves the rows: its mean square, and how far that is from constant. */
  *spreads(): Generator<void, { readonly squares: Float64Array; readonly deviations: Float64Array }> {
    const count = this.rows.length;
    const shares = yield* this.transposedTimes(new Float64Array(count).fill(1 / count));
    const squares = shares.slice();
    const deviations = shares.map((share) => Math.sqrt(Math.max(0, share * (1 - share))));
    for (const [index, { kind }] of this.design.entries()) {
      if (kind !== 'number') continue;
      // Standardised: both are the share of the rows that have a value.
      const present = 1 - shares[this.starts[index]! + 1]!;
      squares[this.starts[index]!] = present;
      deviations[this.starts[index]!] = Math.sqrt(present);
    }
    return { squares, deviations };
  }

  /** Adds up the entries of each feature, over all outputs; intercepts belong to none. */
  perFeature(weights: Float64Array): Float64Array {
    const sums = new Float64Array(this.design.length);
    for (let first = 0; first < weights.length; first += this.width) {
      for (const [index, { slots }] of this.design.entries()) {
        const start = first + this.starts[index]!;
        for (let at = start; at < start + slots; at += 1) sums[index]! += weights[at]!;
      }
    }
    return sums;
  }
}
