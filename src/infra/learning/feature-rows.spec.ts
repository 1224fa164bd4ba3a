import { AppError } from '../../common/errors/app-error.js';
import type { ModelFeature } from './artifact/model-manifest.js';
import { categoryCodesOf, encodeFeatureRows, type FeatureRow } from './feature-rows.js';

const FEATURES: ModelFeature[] = [
  { name: 'age', type: 'number' },
  { name: 'city', type: 'category', categories: ['Bern', 'Oslo'] },
  { name: 'member', type: 'category', categories: ['false', 'true'] },
];

const encode = (...rows: unknown[]): number[] =>
  Array.from(encodeFeatureRows(FEATURES, categoryCodesOf(FEATURES), rows as FeatureRow[]));

function errorsOf(...rows: unknown[]): unknown {
  try {
    encode(...rows);
  } catch (error) {
    if (error instanceof AppError && error.code === 'validation_failed') return error.options.errors;
    throw error;
  }
  return undefined;
}

describe('encodeFeatureRows', () => {
  it('takes rows by name and in order', () => {
    expect(encode({ city: 'Oslo', age: 3, member: 'true' }, [4, 'Bern', false])).toEqual([3, 1, 1, 4, 0, 0]);
  });

  it('takes null and unknown categories as missing', () => {
    expect(encode({ age: null, city: 'Rome', member: null })).toEqual([NaN, NaN, NaN]);
  });

  it.each([
    ['a missing feature', { age: 1, city: 'Bern' }, 'input[1].member', /missing.*null/i],
    ['an unknown one', { age: 1, city: 'Bern', member: true, size: 2 }, 'input[1].size', /no such feature/],
    ['text for a number', { age: '1', city: 'Bern', member: true }, 'input[1].age', /number/],
    ['a number without end', { age: Infinity, city: 'Bern', member: true }, 'input[1].age', /number/],
    ['true for a number', { age: true, city: 'Bern', member: true }, 'input[1].age', /number/],
    [
      'a number for text',
      { age: 1, city: 3, member: true },
      'input[1].city',
      /string such as "Bern", "Oslo"/,
    ],
    ['an object for text', { age: 1, city: {}, member: true }, 'input[1].city', /string/],
    ['a list that is too short', [1, 'Bern'], 'input[1].member', /missing/i],
    ['a list that is too long', [1, 'Bern', true, 4], 'input[1]', /3 values, not 4/],
    ['no row', 'age', 'input[1]', /object/],
    ['nothing', null, 'input[1]', /object/],
  ])('names row and feature: %s', (_what, row, path, message) => {
    expect(errorsOf([1, 'Bern', true], row)).toEqual([{ path, message: expect.stringMatching(message) }]);
  });

  it('does not take what an object inherits for a feature', () => {
    const features: ModelFeature[] = [{ name: 'constructor', type: 'number' }];
    expect(() => encodeFeatureRows(features, [undefined], [{}])).toThrow(AppError);
    const own = JSON.parse('{"__proto__": 1, "age": 1, "city": "Bern", "member": true}') as unknown;
    expect(errorsOf(own)).toEqual([expect.objectContaining({ path: 'input[0].__proto__' })]);
  });

  it('names no more faults than someone reads', () => {
    expect(errorsOf(...Array.from({ length: 1_000 }, () => ({})))).toHaveLength(20);
  });
});
