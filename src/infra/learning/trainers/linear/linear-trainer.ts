// Ridge and logistic regression (multinomial beyond two classes) by Newton's method, each step solved by
// conjugate gradients: no matrix of all columns by all columns, and a penalty that keeps the weights of
// collinear columns and of separable classes small.

import { ByteReader, DamagedBytes } from '../../byte-reader.js';
import { ByteWriter } from '../../byte-writer.js';
import type { TrainingProblem } from '../../problem/training-problem.js';
import type { TrainingParams } from '../../training-params.js';
import { SlicedWork } from '../sliced-work.js';
import { targetScale, targetsOf, type TargetScale } from '../target-scale.js';
import type { LearningCurve, Trainer, TrainerProgress, Training } from '../trainer.js';
import { lossFor, type TrainingLoss } from '../training-loss.js';
import { conjugateGradients, dot } from './conjugate-gradients.js';
import { DesignMatrix } from './design-matrix.js';
import { designOf, type FeatureDesign } from './linear-design.js';
import { LinearModel } from './linear-model.js';
import { LinearObjective } from './linear-objective.js';

const MAGIC = 'MPLC';
const MOST_ROUNDS = 30;
const MOST_STEPS = 300;
/** A step that makes the loss smaller by a smaller share than this was the last. */
const LEAST_PROGRESS = 1e-9;
/** Without any penalty the weights of separable classes grow without end. */
const LEAST_L2 = 1e-6;
const SHORTEST_STEP = 1e-9;

export const linearTrainer: Trainer = {
  start: (problem, params, _seed, checkpoint) => new LinearTraining(problem, params, checkpoint),
};

class LinearTraining implements Training {
  private readonly scale: TargetScale;
  private readonly targets: { readonly train: Float64Array; readonly valid: Float64Array };
  private readonly loss: TrainingLoss;
  private readonly design: readonly FeatureDesign[];
  private readonly matrix: DesignMatrix;
  private readonly validMatrix: DesignMatrix;
  private readonly work: SlicedWork;
  private readonly objective: LinearObjective;
  private readonly train: number[] = [];
  private readonly valid: number[] = [];
  private weights: Float64Array;
  private importance: Float64Array = new Float64Array();
  private converged = false;

  constructor(
    private readonly problem: TrainingProblem,
    params: TrainingParams,
    checkpoint: Uint8Array | undefined,
  ) {
    const { features, trainRows, validRows } = problem;
    this.scale = targetScale(problem);
    this.targets = {
      train: targetsOf(problem, trainRows, this.scale),
      valid: targetsOf(problem, validRows, this.scale),
    };
    this.loss = lossFor(problem, this.targets.train, this.scale.spread);
    this.design = designOf(problem);
    this.matrix = new DesignMatrix(features, this.design, trainRows);
    this.validMatrix = new DesignMatrix(features, this.design, validRows);
    const penalty = Math.max(params.l2, LEAST_L2) / trainRows.length;
    this.objective = new LinearObjective(this.matrix, this.loss, penalty);
    const { width } = this.matrix;
    this.weights = new Float64Array(width * this.loss.outputs);
    for (const [output, base] of this.loss.base.entries()) this.weights[(output + 1) * width - 1] = base;
    if (checkpoint) this.restore(checkpoint);
    this.work = new SlicedWork(this.run());
  }

  step(sliceMs: number): TrainerProgress {
    if (!this.work.done) this.work.run(sliceMs);
    return {
      round: this.train.length,
      rounds: MOST_ROUNDS,
      train: this.train.at(-1) ?? NaN,
      valid: this.valid.at(-1) ?? NaN,
      done: this.work.done,
    };
  }

  checkpoint(): Uint8Array {
    const writer = new ByteWriter().magic(MAGIC).u8(this.converged ? 1 : 0);
    return writer.f64List(this.train).f64List(this.valid).f64List(this.weights).finish();
  }

  curve(): LearningCurve {
    return { train: this.train, valid: this.valid, bestRound: this.valid.length };
  }

  finish(): LinearModel {
    if (!this.work.done) throw new Error('The training is not done.');
    const { width } = this.matrix;
    const { center, spread } = this.scale;
    const weights = this.weights.map(
      (weight, index) => weight * spread + (index % width === width - 1 ? center : 0),
    );
    return new LinearModel(this.problem.task, this.design, weights, this.importance);
  }

  private restore(checkpoint: Uint8Array): void {
    const reader = new ByteReader(checkpoint);
    reader.expect(MAGIC);
    this.converged = reader.u8() === 1;
    this.train.push(...reader.f64List());
    this.valid.push(...reader.f64List());
    const weights = reader.f64List();
    reader.end();
    if (weights.length !== this.weights.length) throw new DamagedBytes('weights do not fit');
    this.weights = weights;
  }

  private *run(): Generator<void, void> {
    const { squares, deviations } = yield* this.matrix.spreads();
    while (!this.converged && this.train.length < MOST_ROUNDS) yield* this.round(squares);
    const moved = this.weights.map(
      (weight, index) => Math.abs(weight) * deviations[index % this.matrix.width]!,
    );
    const shares = this.matrix.perFeature(moved);
    const sum = shares.reduce((total, share) => total + share, 0);
    this.importance = sum > 0 ? shares.map((share) => share / sum) : shares;
  }

  /** One step of Newton's method, made shorter until it helps. */
  private *round(squares: Float64Array): Generator<void, void> {
    const { matrix, objective } = this;
    // Anew from the weights, so that going on from a checkpoint gives the same bits.
    const scores = yield* matrix.times(this.weights);
    const { gradient, diagonal } = yield* objective.slope(this.weights, scores, squares);
    const times = (direction: Float64Array): Generator<void, Float64Array> =>
      objective.curvature(scores, direction);
    const tolerance = this.loss.plain ? 1e-9 : 1e-3;
    const step = yield* conjugateGradients(times, gradient, diagonal, tolerance, MOST_STEPS);
    const before = objective.value(this.weights, scores);
    const { weights, value } = yield* this.shortened(step, scores, before, dot(gradient, step));
    this.weights = weights;
    this.converged = this.loss.plain || before - value <= LEAST_PROGRESS * before;
    const reached = { train: yield* matrix.times(weights), valid: yield* this.validMatrix.times(weights) };
    this.train.push(this.loss.mean(reached.train, this.targets.train));
    this.valid.push(this.loss.mean(reached.valid, this.targets.valid));
    yield;
  }

  /** Halves a step until it makes the objective smaller as its slope promises (Armijo 1966). */
  private *shortened(
    step: Float64Array,
    scores: Float64Array,
    before: number,
    slope: number,
  ): Generator<void, { readonly weights: Float64Array; readonly value: number }> {
    const moved = yield* this.matrix.times(step);
    for (let length = 1; length > SHORTEST_STEP; length /= 2) {
      const weights = this.weights.map((weight, index) => weight - length * step[index]!);
      const reached = scores.map((score, index) => score - length * moved[index]!);
      const value = this.objective.value(weights, reached);
      if (value <= before - 1e-4 * length * slope) return { weights, value };
      yield;
    }
    return { weights: this.weights, value: before };
  }
}
