// Gradient boosting over histograms (Friedman 2001; Ke and others 2017, "LightGBM"): each round grows a tree
// per output towards what the trees before it got wrong.

import type { TrainingProblem } from '../../problem/training-problem.js';
import { Random, type RandomState } from '../../random.js';
import type { TrainingParams } from '../../training-params.js';
import { SlicedWork } from '../sliced-work.js';
import { targetScale, targetsOf, type TargetScale } from '../target-scale.js';
import { lossFor, type TrainingLoss } from '../training-loss.js';
import type { LearningCurve, Trainer, TrainerProgress, Training } from '../trainer.js';
import { binProblem, type BinnedRows } from './binned-rows.js';
import { BoostedScores, replay } from './boosted-scores.js';
import { decodeBoostingState, encodeBoostingState, type BoostingState } from './boosting-state.js';
import type { FeatureBins } from './feature-bins.js';
import type { HistogramKernel, HistogramWorkspace } from './histograms/histogram-workspace.js';
import { openHistogramWorkspace } from './histograms/open-histogram-workspace.js';
import { sampleColumns, sampleRows } from './samples.js';
import { TreeGrower } from './tree-grower.js';
import { firstTrees, LEAF, type TreeList } from './tree-list.js';
import { TreeListBuilder } from './tree-list-builder.js';
import { TreeModel } from './tree-model.js';

const SAMPLING_STREAM = 3;
/** A model of more nodes would be too large to load for a prediction: about 100 MB. */
const MOST_NODES = 5_000_000;

/** @param kernel sums histograms; the quicker one that runs here when left out. The model is the same. */
export function gbdtTrainer(kernel?: HistogramKernel): Trainer {
  return {
    start: (problem, params, seed, checkpoint) => new GbdtTraining(problem, params, seed, checkpoint, kernel),
  };
}

class GbdtTraining implements Training {
  private readonly work: SlicedWork;
  private readonly scale: TargetScale;
  private readonly loss: TrainingLoss;
  private readonly targets: { readonly train: Float64Array; readonly valid: Float64Array };
  private readonly trees: TreeListBuilder;
  private readonly train: number[];
  private readonly valid: number[];
  private random: RandomState;
  private features: readonly FeatureBins[] = [];
  private exhausted: boolean;

  constructor(
    private readonly problem: TrainingProblem,
    private readonly params: TrainingParams,
    private readonly seed: number,
    checkpoint: Uint8Array | undefined,
    private readonly kernel: HistogramKernel | undefined,
  ) {
    this.scale = targetScale(problem);
    this.targets = {
      train: targetsOf(problem, problem.trainRows, this.scale),
      valid: targetsOf(problem, problem.validRows, this.scale),
    };
    this.loss = lossFor(problem, this.targets.train, this.scale.spread);
    const kept = checkpoint && decodeBoostingState(checkpoint, problem.features.length, this.loss.outputs);
    this.trees = new TreeListBuilder(kept?.trees);
    this.train = [...(kept?.train ?? [])];
    this.valid = [...(kept?.valid ?? [])];
    this.random = kept?.random ?? Random.seeded(seed, SAMPLING_STREAM).state;
    this.exhausted = kept?.exhausted ?? false;
    this.work = new SlicedWork(this.run(kept));
  }

  step(sliceMs: number): TrainerProgress {
    if (!this.work.done) this.work.run(sliceMs);
    return {
      round: this.train.length,
      rounds: this.params.rounds,
      train: this.train.at(-1) ?? NaN,
      valid: this.valid.at(-1) ?? NaN,
      done: this.work.done,
    };
  }

  checkpoint(): Uint8Array {
    const { random, train, valid, exhausted } = this;
    return encodeBoostingState({ random, train, valid, trees: this.trees.build(), exhausted });
  }

  curve(): LearningCurve {
    return { train: this.train, valid: this.valid, bestRound: this.bestRound() };
  }

  finish(): TreeModel {
    if (!this.work.done) throw new Error('The training is not done.');
    const trees = firstTrees(this.trees.build(), this.bestRound() * this.loss.outputs);
    const categoryBins = this.features.map(({ binOfCategory }) => binOfCategory);
    const { center, spread } = this.scale;
    const base = this.loss.base.map((value) => value * spread + center);
    return new TreeModel(this.problem.task, base, categoryBins, scaled(trees, spread));
  }

  private *run(kept: BoostingState | undefined): Generator<void, void> {
    const { problem, params } = this;
    const binned = yield* binProblem(problem, params.maxBins, this.seed);
    this.features = binned.features;
    const workspace = this.openWorkspace(binned);
    const train = new BoostedScores(workspace.bins, problem.trainRows.length, this.loss.base);
    const valid = new BoostedScores(binned.valid, problem.validRows.length, this.loss.base);
    if (kept) {
      yield* replay(kept.trees, problem.features, binned.features, problem.trainRows, train);
      yield* replay(kept.trees, problem.features, binned.features, problem.validRows, valid);
    }
    const grower = new TreeGrower(binned.features, workspace, params);
    while (!this.isOver()) yield* this.round(binned.features, grower, train, valid);
  }

  private openWorkspace({ features, train }: BinnedRows): HistogramWorkspace {
    const shape = {
      features,
      bins: train,
      rows: this.problem.trainRows.length,
      histograms: this.params.maxLeaves,
      plainHessians: this.loss.plain,
    };
    return openHistogramWorkspace(shape, this.kernel);
  }

  private *round(
    features: readonly FeatureBins[],
    grower: TreeGrower,
    train: BoostedScores,
    valid: BoostedScores,
  ): Generator<void, void> {
    const rows = this.problem.trainRows.length;
    const gradients = new Float64Array(rows);
    const hessians = new Float64Array(rows);
    const random = Random.restored(this.random);
    this.loss.prepare(train.scores);
    const grownTrees = [];
    for (let output = 0; output < this.loss.outputs; output += 1) {
      const sample = sampleRows(rows, this.params.rowSample, random);
      const columns = sampleColumns(features, this.params.columnSample, random);
      this.loss.gradients(train.scores, output, gradients, hessians);
      const tree = yield* grower.grow(sample.rows, columns, gradients, hessians);
      train.addGrown(tree, output);
      if (sample.others) train.addWalked(tree, output, sample.others);
      valid.addWalked(tree, output);
      grownTrees.push(tree);
      yield;
    }
    // All of a round or nothing of it, whenever a checkpoint is asked for.
    for (const { nodes } of grownTrees) this.trees.add(nodes);
    this.train.push(this.loss.mean(train.scores, this.targets.train));
    this.valid.push(this.loss.mean(valid.scores, this.targets.valid));
    this.random = random.state;
    const sampled = this.params.rowSample < 1 || this.params.columnSample < 1;
    this.exhausted = !sampled && grownTrees.every(({ nodes }) => nodes.length === 1);
    yield;
  }

  private isOver(): boolean {
    const { rounds, earlyStoppingRounds } = this.params;
    const round = this.valid.length;
    if (round >= rounds || this.exhausted || this.trees.nodes > MOST_NODES) return true;
    return earlyStoppingRounds > 0 && round - this.bestRound() >= earlyStoppingRounds;
  }

  /** With early stopping the first round with the least validation loss, else the last. */
  private bestRound(): number {
    if (this.params.earlyStoppingRounds === 0) return this.valid.length;
    let best = 0;
    for (let round = 1; round < this.valid.length; round += 1) {
      if (this.valid[round]! < this.valid[best]!) best = round;
    }
    return Math.min(best + 1, this.valid.length);
  }
}

function scaled(trees: TreeList, factor: number): TreeList {
  if (factor === 1) return trees;
  const isLeaf = (node: number): boolean => trees.feature[node] === LEAF;
  return { ...trees, value: trees.value.map((value, node) => (isLeaf(node) ? value * factor : value)) };
}
