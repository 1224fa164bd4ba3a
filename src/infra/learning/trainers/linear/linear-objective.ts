// What a linear training makes smaller, with its derivatives: the mean loss, and half the squares of all
// weights but the intercepts.

import type { TrainingLoss } from '../training-loss.js';
import { dot } from './conjugate-gradients.js';
import type { DesignMatrix } from './design-matrix.js';

export class LinearObjective {
  /** @param penalty per row */
  constructor(
    private readonly matrix: DesignMatrix,
    private readonly loss: TrainingLoss,
    private readonly penalty: number,
  ) {}

  value(weights: Float64Array, scores: Float64Array): number {
    return this.loss.objective(scores) + dot(weights, this.penalised(weights)) / 2;
  }

  /** The first derivative, and about the diagonal of the second. */
  *slope(
    weights: Float64Array,
    scores: Float64Array,
    squares: Float64Array,
  ): Generator<void, { readonly gradient: Float64Array; readonly diagonal: Float64Array }> {
    const rows = this.matrix.rows.length;
    const { width } = this.matrix;
    const factors = new Float64Array(scores.length);
    const hessians = new Float64Array(rows);
    const meanHessians: number[] = [];
    this.loss.prepare(scores);
    for (let output = 0; output < this.loss.outputs; output += 1) {
      const own = factors.subarray(output * rows, (output + 1) * rows);
      this.loss.gradients(scores, output, own, hessians);
      meanHessians.push(hessians.reduce((sum, hessian) => sum + hessian, 0) / rows);
    }
    const gradient = yield* this.perRow(factors, weights);
    const diagonal = gradient.map(
      (_, index) => squares[index % width]! * meanHessians[Math.floor(index / width)]! + this.penalty,
    );
    return { gradient, diagonal };
  }

  /** The second derivative times a direction. */
  *curvature(scores: Float64Array, direction: Float64Array): Generator<void, Float64Array> {
    const factors = yield* this.matrix.times(direction);
    this.loss.curve(scores, factors);
    return yield* this.perRow(factors, direction);
  }

  private *perRow(factors: Float64Array, weights: Float64Array): Generator<void, Float64Array> {
    const rows = this.matrix.rows.length;
    const sums = yield* this.matrix.transposedTimes(factors);
    const penalised = this.penalised(weights);
    return sums.map((sum, index) => sum / rows + penalised[index]!);
  }

  private penalised(weights: Float64Array): Float64Array {
    const { width } = this.matrix;
    return weights.map((weight, index) => (index % width === width - 1 ? 0 : weight * this.penalty));
  }
}
