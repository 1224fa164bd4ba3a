// Rows of a request against the features of a model: refuses what does not fit, and says where.

import { AppError, type FieldError } from '../../common/errors/app-error.js';
import type { ModelFeature } from './artifact/model-manifest.js';

/** One value per feature, by name, or as a list in the order of the features; null is a missing value. */
export type FeatureRow = Readonly<Record<string, unknown>> | readonly unknown[];

/** So many faults are named; a caller with more of them has one reason for all. */
const MOST_ERRORS = 20;

/** Per feature the code of each label, in the order of the features; undefined for numbers. */
export type CategoryCodes = ReadonlyArray<ReadonlyMap<string, number> | undefined>;

export function categoryCodesOf(features: readonly ModelFeature[]): CategoryCodes {
  return features.map(
    ({ categories }) => categories && new Map(categories.map((label, code) => [label, code])),
  );
}

/**
 * A category that the model does not know counts as missing: data goes on growing after a training.
 * @returns row after row, a number per feature: the value or the code; NaN is missing
 * @throws AppError validation_failed with paths such as `input[3].age`
 */
export function encodeFeatureRows(
  features: readonly ModelFeature[],
  categoryCodes: CategoryCodes,
  rows: readonly FeatureRow[],
): Float64Array {
  const width = features.length;
  const encoded = new Float64Array(rows.length * width);
  const errors: FieldError[] = [];
  let names: ReadonlySet<string> | undefined;
  for (let index = 0; index < rows.length && errors.length < MOST_ERRORS; index += 1) {
    const row: unknown = rows[index];
    const path = `input[${index}]`;
    if (typeof row !== 'object' || row === null) {
      errors.push({ path, message: 'Must be an object with one value per feature.' });
      continue;
    }
    let found = 0;
    for (let column = 0; column < width; column += 1) {
      const feature = features[column]!;
      const value = valueOf(row, feature.name, column);
      if (value !== undefined) found += 1;
      const code = encodeValue(value, categoryCodes[column]);
      if (code !== undefined) encoded[index * width + column] = code;
      else errors.push({ path: `${path}.${feature.name}`, message: faultOf(value, feature) });
    }
    if (Object.keys(row).length > found) {
      names ??= new Set(features.map(({ name }) => name));
      errors.push(...surplusOf(row, names, width, path));
    }
  }
  if (errors.length > 0) {
    throw new AppError('validation_failed', { errors: errors.slice(0, MOST_ERRORS) });
  }
  return encoded;
}

function valueOf(row: object, name: string, column: number): unknown {
  if (Array.isArray(row)) return row[column];
  return Object.hasOwn(row, name) ? (row as Record<string, unknown>)[name] : undefined;
}

/** The number for a value; undefined when it does not fit. */
function encodeValue(value: unknown, codes: ReadonlyMap<string, number> | undefined): number | undefined {
  if (value === null) return NaN;
  if (codes === undefined) return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string') return codes.get(value) ?? NaN;
  // A column of true and false, or of codes such as 1 and 2, may be asked in the types that JSON has.
  if (typeof value === 'boolean' || typeof value === 'number') return codes.get(String(value));
  return undefined;
}

function faultOf(value: unknown, { type, categories = [] }: ModelFeature): string {
  if (value === undefined) return 'Is missing. Send null for a value that is not known.';
  if (type === 'number') return 'Must be a number, or null for a missing value.';
  const some = categories.slice(0, 5).map((label) => JSON.stringify(label));
  return `Must be a string such as ${some.join(', ')}, or null for a missing value.`;
}

function surplusOf(row: object, names: ReadonlySet<string>, width: number, path: string): FieldError[] {
  if (Array.isArray(row)) {
    return row.length > width ? [{ path, message: `Must have ${width} values, not ${row.length}.` }] : [];
  }
  return Object.keys(row)
    .filter((name) => !names.has(name))
    .map((name) => ({ path: `${path}.${name}`, message: 'The model has no such feature.' }));
}
