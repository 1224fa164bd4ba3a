// One way of learning, done in slices, so that whoever runs it can stop it, report and keep what is done.

import type { TrainingParams } from '../training-params.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import type { TrainedModel } from './trained-model.js';

export interface TrainerProgress {
  /** Rounds that are complete. */
  readonly round: number;
  /** Most rounds there will be; it may end earlier. */
  readonly rounds: number;
  /** Loss after that round on rows learned from, and on those that were not: log loss, or RMSE. */
  readonly train: number;
  readonly valid: number;
  readonly done: boolean;
}

export interface Training {
  /**
   * Works on for about `sliceMs` milliseconds, and at least a bit. What comes out does not depend on
   * how long slices are.
   */
  step(sliceMs: number): TrainerProgress;
  /** Everything needed to go on from the last complete round. */
  checkpoint(): Uint8Array;
  /** The model; only when done. */
  finish(): TrainedModel;
  /** Loss after each complete round. */
  curve(): LearningCurve;
}

export interface LearningCurve {
  readonly train: readonly number[];
  readonly valid: readonly number[];
  /** The round, counted from 1, whose state became the model. */
  readonly bestRound: number;
}

export interface Trainer {
  /**
   * @param seed unsigned 32-bit; the same problem, params and seed give the same model, bit by bit
   * @param checkpoint from a training with the same problem, params and seed, to go on there
   * @throws DamagedBytes when the checkpoint is none of this trainer
   */
  start(problem: TrainingProblem, params: TrainingParams, seed: number, checkpoint?: Uint8Array): Training;
}
