// The column to predict: whether it is a value or a class, and each row's number for it.

import type { TrainingColumn } from '../training-table.js';
import { TrainingRefusal } from '../training-refusal.js';
import type { ClassLabel, TrainingTask } from './training-problem.js';

export interface Target {
  readonly task: TrainingTask;
  /** Per row: the value, or the index of its class; NaN where there is none. */
  readonly values: Float64Array;
  readonly classes: readonly ClassLabel[];
  /** Rows that have a target, ascending. */
  readonly rows: Int32Array;
}

export const MOST_CLASSES = 100;
/** A column of few different whole numbers is a list of classes, unless someone says otherwise. */
const MOST_NUMBER_CLASSES = 10;
const ROWS_PER_NUMBER_CLASS = 5;

/**
 * @param task told from the column when left out: numbers are values, unless they are few whole ones
 * @throws TrainingRefusal target_not_finite, target_constant, too_many_classes
 */
export function readTarget(column: TrainingColumn, task: TrainingTask | undefined): Target {
  if (column.kind === 'category') {
    if (task !== 'regression') return labelTarget(column.name, column.codes, column.categories);
    throw new TrainingRefusal(
      'target_not_finite',
      `Column "${column.name}" holds text, and a regression needs numbers. Choose classification.`,
    );
  }
  requireFinite(column.name, column.values);
  const values = distinctValues(column.values);
  if (values !== undefined && (task === 'classification' || (task === undefined && areClasses(values)))) {
    return numberClassTarget(column.name, column.values, [...values.keys()]);
  }
  if (task === 'classification') throw tooManyClasses(column.name);
  if (values !== undefined && values.size < 2) throw constant(column.name, values.keys().next().value);
  const rows = rowsWhere(column.values.length, (row) => !Number.isNaN(column.values[row]!));
  return { task: 'regression', values: column.values, classes: [], rows };
}

function labelTarget(name: string, codes: Int32Array, categories: readonly string[]): Target {
  const present = new Set<number>();
  for (const code of codes) if (code >= 0) present.add(code);
  if (present.size > MOST_CLASSES) throw tooManyClasses(name, present.size);
  const ordered = [...present].sort((one, other) => (categories[one]! < categories[other]! ? -1 : 1));
  if (ordered.length < 2) throw constant(name, ordered[0] === undefined ? undefined : categories[ordered[0]]);
  const classOf = new Map(ordered.map((code, index) => [code, index]));
  const values = Float64Array.from(codes, (code) => classOf.get(code) ?? NaN);
  const classes = ordered.map((code) => categories[code]!);
  return {
    task: 'classification',
    values,
    classes,
    rows: rowsWhere(codes.length, (row) => codes[row]! >= 0),
  };
}

function numberClassTarget(name: string, numbers: Float64Array, labels: number[]): Target {
  if (labels.length > MOST_CLASSES) throw tooManyClasses(name, labels.length);
  const classes = labels.sort((one, other) => one - other);
  if (classes.length < 2) throw constant(name, classes[0]);
  const classOf = new Map(classes.map((label, index) => [label, index]));
  const values = Float64Array.from(numbers, (value) => classOf.get(value) ?? NaN);
  const rows = rowsWhere(numbers.length, (row) => !Number.isNaN(numbers[row]!));
  return { task: 'classification', values, classes, rows };
}

/** How often each value occurs; undefined when there are more of them than classes can be. */
function distinctValues(values: Float64Array): Map<number, number> | undefined {
  const counts = new Map<number, number>();
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > MOST_CLASSES) return undefined;
  }
  return counts;
}

function areClasses(counts: ReadonlyMap<number, number>): boolean {
  const values = [...counts.keys()];
  const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (!values.every(Number.isInteger) || values.length < 2) return false;
  return (
    values.length === 2 ||
    (values.length <= MOST_NUMBER_CLASSES && rows >= ROWS_PER_NUMBER_CLASS * values.length)
  );
}

function rowsWhere(count: number, holds: (row: number) => boolean): Int32Array {
  const rows = new Int32Array(count);
  let found = 0;
  for (let row = 0; row < count; row += 1) if (holds(row)) rows[found++] = row;
  return rows.slice(0, found);
}

function requireFinite(name: string, values: Float64Array): void {
  if (values.some((value) => value === Infinity || value === -Infinity)) {
    throw new TrainingRefusal(
      'target_not_finite',
      `Column "${name}" holds infinite values. Remove those rows, or put finite numbers there.`,
    );
  }
}

function tooManyClasses(name: string, count?: number): TrainingRefusal {
  return new TrainingRefusal(
    'too_many_classes',
    `Column "${name}" has ${count ?? `over ${MOST_CLASSES}`} different labels; at most ${MOST_CLASSES} can be told apart. ` +
      'Choose another target, or bring labels together.',
  );
}

function constant(name: string, value: ClassLabel | undefined): TrainingRefusal {
  return new TrainingRefusal(
    'target_constant',
    value === undefined
      ? `Column "${name}" is empty in every row: there is nothing to predict.`
      : `Column "${name}" is ${JSON.stringify(value)} in every row: there is nothing to predict.`,
  );
}
