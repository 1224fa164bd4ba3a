// Runs one trainer after the other, in slices with a turn of the loop between them, and keeps what is done.

import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { TrainedAlgorithm } from './algorithms.js';
import { decodeTrained } from './artifact/decode-model.js';
import { manifestFeatures } from './artifact/manifest-features.js';
import { DamagedBytes } from './byte-reader.js';
import { outputsOf, type TrainingProblem } from './problem/training-problem.js';
import { decodeRunCheckpoint, encodeRunCheckpoint, type FinishedStage } from './run-checkpoint.js';
import type { TrainingHooks } from './training-options.js';
import { completeParams, type TrainingParams } from './training-params.js';
import { gbdtTrainer } from './trainers/gbdt/gbdt-trainer.js';
import { linearTrainer } from './trainers/linear/linear-trainer.js';
import type { TrainedModel } from './trainers/trained-model.js';
import type { LearningCurve, Trainer, TrainerProgress, Training } from './trainers/trainer.js';

export interface TrainedStage {
  readonly algorithm: TrainedAlgorithm;
  readonly model: TrainedModel;
  readonly curve: LearningCurve;
}

const SLICE_MS = 250;
const CHECKPOINT_EVERY_MS = 5_000;

export class TrainingRun {
  private readonly finished: FinishedStage[] = [];
  private readonly now: () => number;
  private readonly trainers: Readonly<Record<TrainedAlgorithm, Trainer>>;
  private kept: Uint8Array | undefined;
  private savedAt: number;

  /**
   * @param algorithms to try, in this order
   * @param fingerprint tells this training from all others; a checkpoint of another one is not used
   */
  constructor(
    private readonly problem: TrainingProblem,
    private readonly algorithms: readonly TrainedAlgorithm[],
    private readonly params: Partial<TrainingParams>,
    private readonly seed: number,
    private readonly fingerprint: string,
    private readonly hooks: TrainingHooks,
  ) {
    this.now = hooks.now ?? (() => performance.now());
    this.trainers = { gbdt: gbdtTrainer(hooks.kernel), linear: linearTrainer };
    this.savedAt = this.now();
    if (hooks.checkpoint) this.restore(hooks.checkpoint);
  }

  /** @returns what each algorithm learned; undefined when it was asked to stop */
  async run(): Promise<readonly TrainedStage[] | undefined> {
    const stages = this.finished.map((stage, index) => this.decodeStage(stage, this.algorithms[index]!));
    for (const algorithm of this.algorithms.slice(stages.length)) {
      const training = this.start(algorithm);
      if (!(await this.complete(algorithm, training))) return undefined;
      const stage = { algorithm, model: training.finish(), curve: training.curve() };
      stages.push(stage);
      this.finished.push({ modelBytes: stage.model.encode(), curve: stage.curve });
    }
    return stages;
  }

  private start(algorithm: TrainedAlgorithm): Training {
    const checkpoint = this.kept;
    this.kept = undefined;
    return this.startTrainer(algorithm, checkpoint);
  }

  private startTrainer(algorithm: TrainedAlgorithm, checkpoint: Uint8Array | undefined): Training {
    const params = completeParams(this.params, algorithm, this.problem.trainRows.length);
    return this.trainers[algorithm].start(this.problem, params, this.seed, checkpoint);
  }

  private async complete(algorithm: TrainedAlgorithm, training: Training): Promise<boolean> {
    for (;;) {
      if (this.hooks.shouldStop?.() === true) return false;
      const progress = training.step(SLICE_MS);
      this.report(algorithm, progress);
      if (progress.done) return true;
      if (this.now() - this.savedAt >= CHECKPOINT_EVERY_MS) await this.save(training);
      await turnOfTheLoop();
    }
  }

  private async save(training: Training): Promise<void> {
    const checkpoint = { finished: this.finished, trainer: training.checkpoint() };
    await this.hooks.saveCheckpoint?.(encodeRunCheckpoint(this.fingerprint, checkpoint));
    this.savedAt = this.now();
  }

  private report(algorithm: TrainedAlgorithm, { round, rounds, train, valid, done }: TrainerProgress): void {
    const part = done ? 1 : round / rounds;
    this.hooks.report?.({
      algorithm,
      fraction: (this.finished.length + part) / this.algorithms.length,
      round,
      rounds,
      train: round === 0 ? null : train,
      valid: round === 0 ? null : valid,
    });
  }

  /** What cannot be read is left: starting anew gives the same model, only later. */
  private restore(bytes: Uint8Array): void {
    try {
      const { finished, trainer } = decodeRunCheckpoint(this.fingerprint, bytes);
      const underway = this.algorithms[finished.length];
      if (underway === undefined) throw new DamagedBytes('it is of another training');
      for (const [index, stage] of finished.entries()) this.decodeStage(stage, this.algorithms[index]!);
      this.startTrainer(underway, trainer);
      this.finished.push(...finished);
      this.kept = trainer;
    } catch (error) {
      if (!(error instanceof DamagedBytes)) throw error;
      this.hooks.log?.('The checkpoint cannot be used; the training begins anew.');
    }
  }

  private decodeStage({ modelBytes, curve }: FinishedStage, algorithm: TrainedAlgorithm): TrainedStage {
    const features = manifestFeatures(this.problem);
    return {
      algorithm,
      curve,
      model: decodeTrained(algorithm, modelBytes, outputsOf(this.problem), features),
    };
  }
}
