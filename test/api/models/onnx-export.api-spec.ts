// Trained models as files in ONNX: run by somebody else they say the same.

import { decodeModel } from '../../../src/infra/learning/artifact/decode-model.js';
import type { Predictor } from '../../../src/infra/learning/artifact/predictor.js';
import { exportOnnx } from '../../../src/infra/learning/export/export-onnx.js';
import { Random } from '../../../src/infra/learning/random.js';
import { trainModel } from '../../../src/infra/learning/train-model.js';
import type { TrainedAlgorithm } from '../../../src/infra/learning/algorithms.js';
import type { TrainingColumn, TrainingTable } from '../../../src/infra/learning/training-table.js';
import { OnnxProcess } from '../../../src/infra/onnx/onnx-process.js';
import { categories, mixedTable, numbers } from '../../support/tables.js';

const ROWS = 200;
const TRAINED_ON = 600;

/** What the mixed table holds, with a target of another kind. */
const TARGETS: Record<string, (table: TrainingTable) => TrainingColumn> = {
  value: ({ columns }) =>
    numbers(
      'y',
      values(columns).map((value) => 40 * value + 1_000),
    ),
  'two classes': ({ columns }) => columns.at(-1)!,
  'three classes': ({ columns }) =>
    categories(
      'y',
      Array.from(values(columns), (value) => (value < -0.4 ? 'low' : value > 0.4 ? 'high' : 'mid')),
    ),
  'classes that are numbers': ({ columns }) =>
    numbers(
      'y',
      values(columns).map((value) => (value > 0 ? 7 : 3)),
    ),
};

/** From a number and a category. */
function values(columns: readonly TrainingColumn[]): Float64Array {
  const [a, , colour] = columns;
  if (a?.kind !== 'number' || colour?.kind !== 'category') throw new Error('another table');
  return a.values.map((value, row) => (Number.isNaN(value) ? 0.2 : value) + (colour.codes[row]! - 1) / 3);
}

async function aPredictor(algorithm: TrainedAlgorithm, target: string): Promise<Predictor> {
  const mixed = mixedTable(TRAINED_ON, 0.1);
  const columns = [...mixed.columns.slice(0, -1), TARGETS[target]!(mixed)];
  const options = { algorithm, seed: 5, datasetHash: '', params: { rounds: 30 } };
  const { manifestBytes, modelBytes } = (await trainModel({ ...mixed, columns }, 'y', options))!;
  return decodeModel(manifestBytes, modelBytes);
}

/** Rows with missing values and, where a code stands, categories that nobody knows. */
function someRows({ manifest }: Predictor): { named: unknown[][]; coded: Float64Array } {
  const random = Random.seeded(9);
  const named = Array.from({ length: ROWS }, () =>
    manifest.features.map(({ categories: known }) => {
      if (random.fraction() < 0.15) return null;
      if (!known) return random.fraction() * 4 - 2;
      const code = random.below(known.length + 2);
      return known[code] ?? `unknown ${code}`;
    }),
  );
  const coded = named.flatMap((row) =>
    row.map((value, column) => {
      const known = manifest.features[column]!.categories;
      if (value === null) return NaN;
      if (!known) return value as number;
      const code = known.indexOf(value as string);
      return code < 0 ? known.length + random.below(3) : code;
    }),
  );
  return { named, coded: Float64Array.from(coded) };
}

describe('a trained model in ONNX', () => {
  const child = new OnnxProcess();
  afterAll(() => child.stop());

  const everything = (['linear', 'gbdt'] as const).flatMap((algorithm) =>
    Object.keys(TARGETS).map((target) => [algorithm, target] as const),
  );

  it.each(everything)('says what the model itself says: %s of %s', async (algorithm, target) => {
    const predictor = await aPredictor(algorithm, target);
    const { named, coded } = someRows(predictor);
    const own = predictor.predict(named);

    const bytes = exportOnnx(predictor);
    const key = `${algorithm} ${target}`;
    const signature = await child.inspect(key, bytes);
    const { task, features } = predictor.manifest;
    expect(signature).toMatchObject({ task, columns: features.length, inputType: 'float64' });
    const others = await child.predict(key, bytes, { signature, values: coded, rows: ROWS });

    if (own.probabilities === undefined) {
      expect(new Set(own.predictions).size).toBeGreaterThan(ROWS / 3);
      expectClose(others.predictions as number[], own.predictions as number[]);
    } else {
      expect(new Set(own.predictions).size).toBe(predictor.manifest.classes!.length);
      expectClose(others.probabilities!.flat(), own.probabilities.flat());
      expect(others.predictions).toEqual(own.predictions);
    }
  });
});

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  const farthest = found.map((value, index) => {
    const wanted = expected[index]!;
    return Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
  });
  expect(Math.max(...farthest)).toBeLessThan(1e-5);
}
