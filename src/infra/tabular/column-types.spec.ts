import { decideColumn, MAX_CATEGORIES, type CellCounts } from './column-types.js';

function counts(known: Partial<CellCounts>): CellCounts {
  const empty = { values: 0, marks: 0, numbers: 0, integers: 0, codes: 0, labels: 1, longest: 5 };
  return { ...empty, dates: [0, 0, 0, 0, 0], firstLabels: ['a', 'b', 'c'], ...known };
}

const typeOf = (known: Partial<CellCounts>) => decideColumn(counts(known)).kind.type;

describe('the type of a column', () => {
  it.each([
    ['integer', { values: 9, numbers: 9, integers: 9 }],
    ['number', { values: 9, numbers: 9, integers: 8 }],
    ['category', { values: 9, numbers: 9, integers: 9, codes: 1 }],
    ['date', { values: 9, dates: [9, 0, 0, 0, 0] }],
    ['date', { values: 9, dates: [0, 0, 0, 9, 4] }],
    ['category', { values: 9, dates: [0, 0, 0, 9, 9] }],
    ['boolean', { values: 9, labels: 2, firstLabels: ['Yes', 'no'] }],
    ['boolean', { values: 9, labels: 1, firstLabels: ['true'] }],
    ['category', { values: 9, labels: 2, firstLabels: ['yes', 'false'] }],
    ['category', { values: 9, labels: 2, firstLabels: ['yes', 'Yes'] }],
    ['category', { values: 9, labels: MAX_CATEGORIES }],
    ['text', { values: 20_000, labels: MAX_CATEGORIES + 1 }],
    ['text', { values: 9, longest: 257 }],
    ['text', { values: 0, labels: 0, firstLabels: [] }],
  ])('is %s for %j', (type, known) => {
    expect(typeOf(known)).toBe(type);
  });

  it.each([
    ['one odd cell among twenty', { values: 20, numbers: 19, integers: 19 }, 1],
    ['one in a hundred', { values: 500, numbers: 495, integers: 495 }, 5],
    ['one odd date', { values: 20, dates: [19, 0, 0, 0, 0] }, 1],
  ])('is broken by %s', (_name, known, faults) => {
    expect(decideColumn(counts(known)).faults).toBe(faults);
  });

  it.each([
    ['one odd cell among few', { values: 19, numbers: 18, integers: 18 }],
    ['more than one in a hundred', { values: 500, numbers: 494, integers: 494 }],
  ])('is a category with %s', (_name, known) => {
    expect(decideColumn(counts(known))).toEqual({ kind: { type: 'category' }, faults: 0 });
  });
});
