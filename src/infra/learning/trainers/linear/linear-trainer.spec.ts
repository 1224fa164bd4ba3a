import { categories, numbers, table, uniform } from '../../../../../test/support/tables.js';
import { decodeModel } from '../../artifact/decode-model.js';
import type { RegressionMetrics } from '../../artifact/model-manifest.js';
import { trainModel } from '../../train-model.js';
import type { TrainingTable } from '../../training-table.js';

async function train(data: TrainingTable, params = {}) {
  const result = await trainModel(data, 'y', { algorithm: 'linear', params, seed: 1, datasetHash: '' });
  return { ...result!, predictor: decodeModel(result!.manifestBytes, result!.modelBytes) };
}

const a = uniform(200, 1);

describe('the linear trainer', () => {
  it('shares a weight between columns that say the same', async () => {
    const y = a.map((value) => 2 * value);
    const { manifest, predictor } = await train(
      table(
        numbers('a', a),
        numbers('again', a),
        numbers(
          'ten times',
          a.map((value) => 10 * value),
        ),
        numbers('y', y),
      ),
    );
    expect((manifest.metrics as RegressionMetrics).r2).toBeGreaterThan(0.999);
    expect(manifest.importance.map(({ share }) => share)).toEqual([1, 1, 1].map(() => expect.closeTo(1 / 3)));
    expect(predictor.predict([[0.5, 0.5, 5]]).predictions[0]).toBeCloseTo(1, 2);
  });

  it.each([0, 0.1])('keeps the weights of classes that a line divides within bounds: l2 %d', async (l2) => {
    const y = categories(
      'y',
      Array.from(a, (value) => (value > 0 ? 'up' : 'down')),
    );
    const { predictor } = await train(table(numbers('a', a), y), { l2 });
    const { predictions, probabilities } = predictor.predict([[0.9], [-0.9], [1e300]]);
    expect(predictions).toEqual(['up', 'down', 'up']);
    expect(probabilities!.flat().every(Number.isFinite)).toBe(true);
  });

  it.each([1e-200, 1, 1e200])('does not mind the units: %d', async (unit) => {
    const { manifest } = await train(
      table(
        numbers(
          'a',
          a.map((value) => value * unit),
        ),
        numbers(
          'y',
          a.map((value) => (3 * value + 1) * unit),
        ),
      ),
    );
    expect((manifest.metrics as RegressionMetrics).r2).toBeGreaterThan(0.99);
  });

  it('learns what a missing value says', async () => {
    const holed = a.map((value, row) => (row % 4 === 0 ? NaN : value));
    const y = a.map((value, row) => (row % 4 === 0 ? 7 : value));
    const { predictor } = await train(table(numbers('a', holed), numbers('y', y)));
    expect(predictor.predict([{ a: null }]).predictions[0]).toBeCloseTo(7, 1);
    expect(predictor.predict([{ a: 0.5 }]).predictions[0]).toBeCloseTo(0.5, 1);
  });

  it('gives rare labels one weight together', async () => {
    const labels = Array.from(a, (_, row) => (row % 2 ? 'often' : `label ${row}`));
    const y = a.map((value, row) => value / 10 + (row % 2 ? 5 : -5));
    const { predictor } = await train(table(categories('c', labels), numbers('y', y)));
    const rare = predictor.manifest.features[0]!.categories!.find((label) => label !== 'often')!;
    const { predictions } = predictor.predict([{ c: 'often' }, { c: rare }]);
    expect(predictions[0]).toBeCloseTo(5, 0);
    expect(predictions[1]).toBeCloseTo(-5, 0);
  });
});
