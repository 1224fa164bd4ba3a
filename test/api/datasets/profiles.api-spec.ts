// What a profile says about a table is so: types by all cells, numbers by all rows.

import { readTable } from '../../../src/infra/tabular/read-table.js';
import { column, profiled, type Options } from './tables.js';

describe('the profile of a table', () => {
  it('has the right numbers', async () => {
    // A permutation of 0 … 9,999, of which each 20th is missing.
    const size = 10_000;
    const rows = Array.from({ length: size }, (_, index) => {
      const number = (index * 7_919) % size;
      const label = index % 10 < 6 ? 'red' : index % 10 < 9 ? 'green' : 'blue';
      return `${number % 20 === 0 ? '' : number / 4},${number - 5_000},${label},${number % 2 ? 'yes' : 'no'}`;
    });
    const profile = await profiled(`quarter,whole,color,odd\n${rows.join('\n')}\n`);
    expect(profile.rows).toBe(size);
    expect(column(profile, 'quarter')).toMatchObject({
      type: 'number',
      missing: 500,
      distinct: 9_500,
      min: 0.25,
      max: 2_499.75,
      // Of 0 … 9,999 without the multiples of 20: (49,995,000 − 20 × 124,750) ÷ 9,500 ÷ 4.
      mean: 1_250,
    });
    expect(column(profile, 'whole')).toMatchObject({
      type: 'integer',
      missing: 0,
      distinct: size,
      min: -5_000,
      max: 4_999,
      mean: -0.5,
    });
    expect(column(profile, 'color')).toEqual({
      name: 'color',
      type: 'category',
      missing: 0,
      distinct: 3,
      min: null,
      max: null,
      mean: null,
      top: [
        { value: 'red', count: 6_000 },
        { value: 'green', count: 3_000 },
        { value: 'blue', count: 1_000 },
      ],
    });
    expect(column(profile, 'odd')).toMatchObject({
      type: 'boolean',
      top: [
        { value: 'no', count: 5_000 },
        { value: 'yes', count: 5_000 },
      ],
    });
    expect(profile.sample).toHaveLength(20);
    expect(profile.sample.slice(0, 2)).toEqual([
      { quarter: null, whole: -5_000, color: 'red', odd: 'no' },
      { quarter: 1_979.75, whole: 2_919, color: 'red', odd: 'yes' },
    ]);
    expect(profile.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, string, Options, string, object]>([
    [
      'semicolons and decimal commas',
      'x;y\n1,5;a\n-2,25;b\n',
      {},
      'x',
      { type: 'number', min: -2.25, max: 1.5 },
    ],
    [
      'points for thousands beside decimal commas',
      'x;y\n1,5;1.500\n2,5;2.500\n',
      {},
      'y',
      { type: 'category' },
    ],
    ['decimal commas that were named', 'x,y\n"1,5",1\n"2",2\n', { decimal: ',' }, 'x', { min: 1.5, max: 2 }],
    ['thousands with commas', 'x;y\n1,500;1\n2,500;2\n', {}, 'x', { type: 'category' }],
    ['a delimiter that was named', 'x:y\n1:2\n', { delimiter: ':' }, 'y', { type: 'integer', min: 2 }],
    ['a byte order mark', '\ufeffx,y\n1,2\n', {}, 'x', { type: 'integer' }],
    [
      'marks for missing values',
      'x,y\n1,a\nNA,b\nn/a,c\n,d\n4,e\n',
      {},
      'x',
      { type: 'integer', missing: 3, mean: 2.5 },
    ],
    [
      'such a mark among labels',
      'x,y\na,1\nNA,2\n,3\n',
      {},
      'x',
      { type: 'category', missing: 1, distinct: 2 },
    ],
    [
      'days',
      'x,y\n2024-02-29,1\n2023-01-01,2\n',
      {},
      'x',
      { type: 'date', min: '2023-01-01', max: '2024-02-29' },
    ],
    [
      'times with an offset',
      'x,y\n2024-01-01T00:30:00+02:00,1\n',
      {},
      'x',
      { type: 'date', min: '2023-12-31T22:30:00.000Z' },
    ],
    ['days with points', 'x;y\n31.12.2024;1\n1.2.2024;2\n', {}, 'x', { type: 'date', min: '2024-02-01' }],
    [
      'days in American order',
      'x,y\n12/31/2024,1\n01/02/2024,2\n',
      {},
      'x',
      { type: 'date', min: '2024-01-02' },
    ],
    ['days in an order that nothing shows', 'x,y\n01/02/2024,1\n', {}, 'x', { type: 'category' }],
    ['leading zeros', 'x,y\n01067,1\n10115,2\n', {}, 'x', { type: 'category', distinct: 2 }],
    ['long numbers', 'x,y\n1234567890123456789,1\n', {}, 'x', { type: 'category' }],
    ['exponents', 'x,y\n1e3,1\n-2.5E-1,2\n', {}, 'x', { type: 'number', min: -0.25, max: 1_000 }],
    ['nothing in a column', 'x,y\n,1\n" ",2\n', {}, 'x', { type: 'text', missing: 2, distinct: 0, top: [] }],
    [
      'labels in capitals',
      'x,y\nYes,1\nNo,2\n',
      {},
      'x',
      {
        type: 'boolean',
        top: [
          { value: 'No', count: 1 },
          { value: 'Yes', count: 1 },
        ],
      },
    ],
    ['a column called __proto__', '__proto__,y\n1,2\n', {}, '__proto__', { type: 'integer' }],
    ['both kinds of line breaks', 'x,y\r\n1,"a\nb"\n2,c\r\n', {}, 'y', { type: 'category', distinct: 2 }],
    ['a header below empty lines', '\n\nx,y\n1,2\n', {}, 'y', { min: 2 }],
  ])('reads %s', async (_name, content, options, name, expected) => {
    expect(column(await profiled(content, options), name)).toMatchObject(expected);
  });

  it('takes 10,000 labels for categories and 10,001 for text', async () => {
    const table = (count: number) =>
      `x,y\n${Array.from({ length: count }, (_, index) => `k${index},1`).join('\n')}`;
    expect(column(await profiled(table(10_000)), 'x')).toMatchObject({ type: 'category', distinct: 10_000 });
    expect(column(await profiled(table(10_001)), 'x')).toMatchObject({ type: 'text', distinct: 10_001 });
  });

  it('gives the same table the same hash', async () => {
    const hashes = await Promise.all(
      ['x,y\n1,a\n2,b\n', 'x,y\r\n1,a\r\n2,b', 'x,y\n1,a\n2,c\n'].map((text) => profiled(text)),
    );
    const [one, again, other] = hashes.map(({ sha256 }) => sha256);
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });
});

describe('the table that is learned from', () => {
  it('has typed columns with labels and gaps', async () => {
    const content = 'n,i,b,c,d\n1.5,1,yes,b,1970-01-02\n,2,no,a,\nNA,3,,b,1970-01-01\n';
    await profiled(content, {}, async (profile, directory) => {
      const table = await readTable({ ...profile, directory }, ['d', 'n', 'i', 'b', 'c']);
      expect(table).toEqual({
        rows: 3,
        columns: [
          { name: 'd', kind: 'number', values: Float64Array.of(86_400, NaN, 0) },
          { name: 'n', kind: 'number', values: Float64Array.of(1.5, NaN, NaN) },
          { name: 'i', kind: 'number', values: Float64Array.of(1, 2, 3) },
          { name: 'b', kind: 'category', codes: Int32Array.of(1, 0, -1), categories: ['no', 'yes'] },
          { name: 'c', kind: 'category', codes: Int32Array.of(1, 0, 1), categories: ['a', 'b'] },
        ],
      });
      await expect(readTable({ ...profile, directory }, ['z'])).rejects.toThrow('no column z');
    });
  });
});
