import { hashOf, isOneRow, rowsOf } from './prediction-input.js';

describe('the rows of an input', () => {
  it('are one for an object or a list of values, and many for a list of those', () => {
    expect(rowsOf({ a: 1 })).toEqual([{ a: 1 }]);
    expect(rowsOf([1, null])).toEqual([[1, null]]);
    expect(rowsOf([[1], [2]])).toEqual([[1], [2]]);
    expect(rowsOf([{ a: 1 }])).toEqual([{ a: 1 }]);
    expect([isOneRow([1]), isOneRow([[1]])]).toEqual([true, false]);
  });
});

describe('the hash of rows', () => {
  it('does not depend on the order of keys', () => {
    expect(hashOf([{ a: 1, b: 'x' }])).toBe(hashOf([{ b: 'x', a: 1 }]));
  });

  it.each([
    ['another value', [{ a: 2, b: 'x' }]],
    ['another type', [{ a: '1', b: 'x' }]],
    ['a value that is missing', [{ a: null, b: 'x' }]],
    [
      'one row more',
      [
        { a: 1, b: 'x' },
        { a: 1, b: 'x' },
      ],
    ],
    [
      'a list in place of an object',
      [
        [
          ['a', 1],
          ['b', 'x'],
        ],
      ],
    ],
  ])('is another one for %s', (_what, rows) => {
    expect(hashOf(rows)).not.toBe(hashOf([{ a: 1, b: 'x' }]));
  });

  it('depends on the order of rows', () => {
    expect(hashOf([[1], [2]])).not.toBe(hashOf([[2], [1]]));
  });
});
