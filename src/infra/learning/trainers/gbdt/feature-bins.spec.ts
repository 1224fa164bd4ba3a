import { categories, numbers, uniform } from '../../../../../test/support/tables.js';
import { Random } from '../../random.js';
import type { TrainingColumn } from '../../training-table.js';
import { binRows, learnBins } from './feature-bins.js';

const rowsOf = (count: number) => Int32Array.from({ length: count }, (_, row) => row);

function binned(column: TrainingColumn, count: number, maxBins: number) {
  const bins = learnBins(column, rowsOf(count), maxBins, Random.seeded(1));
  return { bins, codes: Array.from(binRows(column, bins, rowsOf(count))) };
}

describe('bins', () => {
  it('are the values themselves when there are few', () => {
    const { bins, codes } = binned(numbers('a', [3, 1, NaN, 1, 2]), 5, 255);
    expect(codes).toEqual([2, 0, 3, 0, 1]);
    expect(Array.from(bins.edges!)).toEqual([1.5, 2.5, Number.MAX_VALUE]);
  });

  it('hold about as many rows each', () => {
    const { bins, codes } = binned(numbers('a', uniform(1_000, 1)), 1_000, 10);
    const counts = Array.from({ length: 10 }, (_, bin) => codes.filter((code) => code === bin).length);
    expect(bins.bins).toBe(10);
    for (const count of counts) expect(Math.abs(count - 100)).toBeLessThan(5);
  });

  it('leave a frequent value one of its own', () => {
    const values = uniform(1_000, 1).map((value, row) => (row < 900 ? 0 : value + 2));
    const { bins, codes } = binned(numbers('a', values), 1_000, 10);
    expect(codes.filter((code) => code === 0)).toHaveLength(900);
    expect(bins.bins).toBe(10);
  });

  it('divide neighbours that have no number between them, and the largest from the smallest', () => {
    const next = 1 + Number.EPSILON;
    expect(binned(numbers('a', [1, next]), 2, 255).codes).toEqual([0, 1]);
    const extreme = [-Number.MAX_VALUE, Number.MAX_VALUE];
    expect(binned(numbers('a', extreme), 2, 255).codes).toEqual([0, 1]);
  });

  it('are as many as allowed, and one for missing values: 255', () => {
    const { bins, codes } = binned(numbers('a', [...uniform(2_000, 1), NaN]), 2_001, 255);
    expect(bins.bins).toBe(255);
    expect(codes.at(-1)).toBe(255);
  });

  it('are shared by rare categories', () => {
    const { bins, codes } = binned(categories('c', ['x', 'x', 'y', 'y', 'z', 'w', null]), 7, 3);
    expect(bins.bins).toBe(3);
    expect(codes).toEqual([0, 0, 1, 1, 2, 2, 3]);
  });
});
