import { categories, linearTable, numbers, table, uniform } from '../../../../test/support/tables.js';
import { trainModel } from '../train-model.js';
import { TrainingRefusal } from '../training-refusal.js';
import type { TrainingTable } from '../training-table.js';
import { prepareProblem } from './prepare-problem.js';

const OPTIONS = { seed: 1 };
const prepare = (data: TrainingTable, options: object = {}, log: (line: string) => void = () => undefined) =>
  prepareProblem(data, 'y', { ...OPTIONS, ...options }, log);

const a = numbers('a', uniform(100, 1));
const labels = Array.from({ length: 100 }, (_, row) => (row % 3 === 0 ? 'no' : 'yes'));
const y = categories('y', labels);
const count = (length: number) => Array.from({ length }, (_, index) => index);

describe('data that cannot be learned from', () => {
  it.each([
    ['a target that is no column', table(a), 'target_unknown', /no column "y"/],
    [
      'a constant value',
      table(a, numbers('y', new Float64Array(100).fill(5))),
      'target_constant',
      /is 5 in every row/,
    ],
    [
      'a single class',
      table(
        a,
        categories(
          'y',
          labels.map(() => 'yes'),
        ),
      ),
      'target_constant',
      /is "yes" in every row/,
    ],
    ['no target at all', table(a, numbers('y', new Float64Array(100).fill(NaN))), 'target_constant', /empty/],
    [
      'infinite targets',
      table(a, numbers('y', uniform(100, 2).fill(Infinity, 0, 1))),
      'target_not_finite',
      /infinite/,
    ],
    [
      'three rows',
      table(numbers('a', [1, 2, 3]), numbers('y', [1.5, 2, 3])),
      'too_few_rows',
      /3 rows.*at least 10/,
    ],
    [
      '101 classes',
      table(
        numbers('a', count(202)),
        categories(
          'y',
          count(202).map((row) => `label ${row % 101}`),
        ),
      ),
      'too_many_classes',
      /101 different/,
    ],
    [
      'a class for each row',
      table(numbers('a', count(12)), categories('y', count(12).map(String))),
      'too_few_rows',
      /12 classes/,
    ],
    ['the target alone', table(y), 'no_features', /no column to learn from/],
    [
      'an empty feature',
      table(numbers('a', new Float64Array(100).fill(NaN)), y),
      'no_features',
      /nothing to learn from/,
    ],
  ])('is refused: %s', (_what, data, code, detail) => {
    const refusal = thrownBy(() => prepare(data));
    expect(refusal).toBeInstanceOf(TrainingRefusal);
    expect(refusal).toMatchObject({ code, detail: expect.stringMatching(detail) });
  });

  it('is refused: 10,001 categories', () => {
    const many = categories('city', []);
    const rows = 10_001;
    const city = {
      ...many,
      kind: 'category',
      codes: Int32Array.from(count(rows)),
      categories: count(rows).map(String),
    } as const;
    const data = table(city, numbers('y', uniform(rows, 2)));
    expect(thrownBy(() => prepare(data))).toMatchObject({
      code: 'too_many_categories',
      detail: expect.stringMatching(/"city" has 10001 different values; at most 10000/),
    });
    expect(() =>
      prepare(table(city, numbers('a', uniform(rows, 1)), data.columns[1]!), { features: ['a'] }),
    ).not.toThrow();
  });

  it.each([
    ['nowhere', /"nowhere" is no column/],
    ['y', /"y" is the target/],
  ])('is refused: the feature %s', (feature, detail) => {
    expect(thrownBy(() => prepare(table(a, y), { features: ['a', feature] }))).toMatchObject({
      code: 'feature_unknown',
      detail: expect.stringMatching(detail),
    });
  });
});

describe('what is left out', () => {
  it('is said', async () => {
    const lines: string[] = [];
    const holes = labels.map((label, row) => (row < 7 ? null : label));
    const infinite = numbers('b', uniform(100, 2).fill(-Infinity, 0, 1));
    const empty = categories(
      'empty',
      labels.map(() => null),
    );
    const data = table(a, infinite, empty, categories('y', holes));
    const options = { ...OPTIONS, algorithm: 'auto', datasetHash: '' } as const;
    const result = await trainModel(data, 'y', options, { log: (line) => lines.push(line) });
    expect(lines.slice(0, 3)).toEqual([
      '7 rows have no value in "y" and are left out.',
      'Infinite values of "b" count as missing.',
      '"empty" is empty in the rows to learn from and has no effect.',
    ]);
    expect(result!.manifest.rows).toEqual({ train: 64, valid: 11, test: 18, withoutTarget: 7 });
  });

  it('is what training rows do not hold', () => {
    const rare = categories('rare', ['once', ...labels.slice(1)]);
    const seeds = count(20).map((seed) => prepare(table(a, rare, y), { seed }));
    const ofFeature = seeds.map(({ problem }) => problem.features[1]!);
    const known = ofFeature.map((column) => column.kind === 'category' && column.categories.includes('once'));
    expect(new Set(known)).toEqual(new Set([true, false]));
    for (const [index, { problem }] of seeds.entries()) {
      expect(problem.trainRows.includes(0)).toBe(known[index]);
    }
  });
});

describe('the task', () => {
  const rows = count(60);
  it.each([
    [
      'text',
      categories(
        'y',
        rows.map((row) => (row % 2 ? 'no' : 'yes')),
      ),
      'classification',
      ['no', 'yes'],
    ],
    [
      '0 and 1',
      numbers(
        'y',
        rows.map((row) => row % 2),
      ),
      'classification',
      [0, 1],
    ],
    [
      'few whole numbers',
      numbers(
        'y',
        rows.map((row) => 1 + (row % 3)),
      ),
      'classification',
      [1, 2, 3],
    ],
    ['many whole numbers', numbers('y', rows), 'regression', []],
    [
      'fractions',
      numbers(
        'y',
        rows.map((row) => (row % 3) / 2),
      ),
      'regression',
      [],
    ],
  ])('follows from the target: %s', (_what, target, task, classes) => {
    const { problem } = prepare(table(numbers('a', rows), target));
    expect({ task: problem.task, classes: problem.classes }).toEqual({ task, classes });
  });

  it('is what was asked for', () => {
    const data = table(
      numbers('a', rows),
      numbers(
        'y',
        rows.map((row) => row % 3),
      ),
    );
    expect(prepare(data, { task: 'regression' }).problem.task).toBe('regression');
    expect(thrownBy(() => prepare(linearTable(), { task: 'classification' }))).toMatchObject({
      code: 'too_many_classes',
    });
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
