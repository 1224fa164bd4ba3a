import { splitRows } from './split.js';

const FRACTIONS = { valid: 0.12, test: 0.2 };
const rows = Int32Array.from({ length: 1_000 }, (_, row) => row);

describe('splitRows', () => {
  it('gives each row to one part', () => {
    const { train, valid, test } = splitRows(rows, () => 0, 1, FRACTIONS, 1);
    expect([train.length, valid.length, test.length]).toEqual([680, 120, 200]);
    expect([...train, ...valid, ...test].sort((one, other) => one - other)).toEqual([...rows]);
    for (const part of [train, valid, test]) expect(part).toEqual(part.toSorted());
  });

  it('gives each class its share', () => {
    const classOf = (row: number): number => (row < 100 ? 0 : row < 400 ? 1 : 2);
    const { test } = splitRows(rows, classOf, 3, FRACTIONS, 1);
    const counts = [0, 1, 2].map((own) => test.filter((row) => classOf(row) === own).length);
    expect(counts).toEqual([20, 60, 120]);
  });

  it('leaves each class a row to learn from', () => {
    const { train } = splitRows(rows, (row) => (row < 900 ? 0 : row - 899), 101, FRACTIONS, 1);
    expect(train.filter((row) => row >= 900)).toHaveLength(100);
  });

  it('depends on the seed and on nothing else', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => splitRows(rows, () => 0, 1, FRACTIONS, seed));
    expect(again).toEqual(first);
    expect(other!.test).not.toEqual(first!.test);
  });
});
