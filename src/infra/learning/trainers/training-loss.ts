// What training makes smaller: squared error, or log loss for two or for many classes.

import { outputsOf, type TrainingProblem } from '../problem/training-problem.js';

/** Scores are kept output after output: those of all rows for the first, then for the second. */
export interface TrainingLoss {
  /** Scores per row: one for a regression and for two classes, else one per class. */
  readonly outputs: number;
  /** Every hessian is 1. */
  readonly plain: boolean;
  /** What the score of each output begins with. */
  readonly base: Float64Array;
  /** Mean over the rows, in the units that people see. */
  mean(scores: Float64Array, targets: Float64Array): number;
  /** Mean over the training rows, in the units in which derivatives are. */
  objective(scores: Float64Array): number;
  /** To be called before the next two, with the scores at the beginning of the round. */
  prepare(scores: Float64Array): void;
  /** First and second derivatives by the scores of one output. */
  gradients(scores: Float64Array, output: number, gradients: Float64Array, hessians: Float64Array): void;
  /** Multiplies, in place, a direction of all scores with all second derivatives. */
  curve(scores: Float64Array, direction: Float64Array): void;
}

/** @param targets of the training rows, as targetsOf() gives them */
export function lossFor(problem: TrainingProblem, targets: Float64Array, scale: number): TrainingLoss {
  if (problem.task === 'regression') return new SquaredLoss(targets, scale);
  const outputs = outputsOf(problem);
  return outputs === 2 ? new LogisticLoss(targets) : new SoftmaxLoss(targets, outputs);
}

class SquaredLoss implements TrainingLoss {
  readonly outputs = 1;
  readonly plain = true;
  /** Targets are centred. */
  readonly base = new Float64Array(1);

  /** @param scale how many units of the data one unit of the targets is */
  constructor(
    private readonly targets: Float64Array,
    private readonly scale: number,
  ) {}

  mean(scores: Float64Array, targets: Float64Array): number {
    let sum = 0;
    for (let row = 0; row < targets.length; row += 1) sum += (scores[row]! - targets[row]!) ** 2;
    return Math.sqrt(sum / targets.length) * this.scale;
  }

  objective(scores: Float64Array): number {
    return (this.mean(scores, this.targets) / this.scale) ** 2 / 2;
  }

  prepare(): void {}

  gradients(scores: Float64Array, _output: number, gradients: Float64Array, hessians: Float64Array): void {
    const { targets } = this;
    for (let row = 0; row < targets.length; row += 1) gradients[row] = scores[row]! - targets[row]!;
    hessians.fill(1);
  }

  curve(): void {}
}

class LogisticLoss implements TrainingLoss {
  readonly outputs = 1;
  readonly plain = false;
  readonly base: Float64Array;

  constructor(private readonly targets: Float64Array) {
    const share = targets.reduce((sum, target) => sum + target, 0) / targets.length;
    this.base = Float64Array.of(Math.log(share / (1 - share)));
  }

  mean(scores: Float64Array, targets: Float64Array): number {
    let sum = 0;
    for (let row = 0; row < targets.length; row += 1) {
      const score = scores[row]!;
      const against = targets[row] === 1 ? -score : score;
      // log(1 + e^against), without running over.
      sum += Math.max(against, 0) + Math.log(1 + Math.exp(-Math.abs(against)));
    }
    return sum / targets.length;
  }

  objective(scores: Float64Array): number {
    return this.mean(scores, this.targets);
  }

  prepare(): void {}

  gradients(scores: Float64Array, _output: number, gradients: Float64Array, hessians: Float64Array): void {
    const { targets } = this;
    for (let row = 0; row < targets.length; row += 1) {
      const probability = 1 / (1 + Math.exp(-scores[row]!));
      gradients[row] = probability - targets[row]!;
      hessians[row] = probability * (1 - probability);
    }
  }

  curve(scores: Float64Array, direction: Float64Array): void {
    for (let row = 0; row < direction.length; row += 1) {
      const probability = 1 / (1 + Math.exp(-scores[row]!));
      direction[row]! *= probability * (1 - probability);
    }
  }
}

class SoftmaxLoss implements TrainingLoss {
  readonly plain = false;
  readonly base: Float64Array;
  private readonly logSums: Float64Array;

  constructor(
    private readonly targets: Float64Array,
    readonly outputs: number,
  ) {
    this.base = new Float64Array(outputs);
    for (const target of targets) this.base[target]! += 1;
    for (let output = 0; output < outputs; output += 1) {
      this.base[output] = Math.log(this.base[output]! / targets.length);
    }
    this.logSums = new Float64Array(targets.length);
  }

  mean(scores: Float64Array, targets: Float64Array): number {
    const logSums = this.logSumsOf(scores, new Float64Array(targets.length));
    let sum = 0;
    for (let row = 0; row < targets.length; row += 1) {
      sum += logSums[row]! - scores[targets[row]! * targets.length + row]!;
    }
    return sum / targets.length;
  }

  objective(scores: Float64Array): number {
    return this.mean(scores, this.targets);
  }

  prepare(scores: Float64Array): void {
    this.logSumsOf(scores, this.logSums);
  }

  gradients(scores: Float64Array, output: number, gradients: Float64Array, hessians: Float64Array): void {
    const { targets, logSums } = this;
    const start = output * targets.length;
    for (let row = 0; row < targets.length; row += 1) {
      const probability = Math.exp(scores[start + row]! - logSums[row]!);
      gradients[row] = probability - (targets[row] === output ? 1 : 0);
      hessians[row] = probability * (1 - probability);
    }
  }

  curve(scores: Float64Array, direction: Float64Array): void {
    const rows = this.targets.length;
    for (let row = 0; row < rows; row += 1) {
      const logSum = this.logSums[row]!;
      let mean = 0;
      for (let at = row; at < scores.length; at += rows) {
        mean += Math.exp(scores[at]! - logSum) * direction[at]!;
      }
      for (let at = row; at < scores.length; at += rows) {
        direction[at] = Math.exp(scores[at]! - logSum) * (direction[at]! - mean);
      }
    }
  }

  private logSumsOf(scores: Float64Array, logSums: Float64Array): Float64Array {
    const rows = logSums.length;
    for (let row = 0; row < rows; row += 1) {
      let largest = -Infinity;
      for (let at = row; at < scores.length; at += rows) largest = Math.max(largest, scores[at]!);
      let sum = 0;
      for (let at = row; at < scores.length; at += rows) sum += Math.exp(scores[at]! - largest);
      logSums[row] = largest + Math.log(sum);
    }
    return logSums;
  }
}
