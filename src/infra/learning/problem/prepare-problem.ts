// From a table and what was asked to a problem: chooses features, deals rows, and hides the test rows.

import { TEST_FRACTION_BOUNDS } from '../training-params.js';
import { TrainingRefusal } from '../training-refusal.js';
import type { TrainingOptions } from '../training-options.js';
import type { CategoryColumn, NumberColumn, TrainingColumn, TrainingTable } from '../training-table.js';
import { splitRows } from './split.js';
import { readTarget } from './target.js';
import type { TrainingProblem } from './training-problem.js';

export interface PreparedProblem {
  readonly problem: TrainingProblem;
  /** Rows for the final metrics; trainers never hear of them. */
  readonly testRows: Int32Array;
  readonly rowsWithoutTarget: number;
}

export const FEWEST_ROWS = 10;
export const MOST_CATEGORIES = 10_000;
/** Of the rows that are not for testing. */
const VALID_SHARE = 0.15;

/**
 * @param log gets a line for everything that is left out
 * @throws TrainingRefusal for data that cannot be learned from
 */
export function prepareProblem(
  table: TrainingTable,
  target: string,
  options: Pick<TrainingOptions, 'features' | 'task' | 'testFraction' | 'seed'>,
  log: (line: string) => void,
): PreparedProblem {
  const targetColumn = table.columns.find(({ name }) => name === target);
  if (!targetColumn) throw new TrainingRefusal('target_unknown', `There is no column "${target}".`);
  const columns = chooseFeatures(table, target, options.features);
  const { task, values, classes, rows } = readTarget(targetColumn, options.task);
  requireRows(rows.length, table.rows);
  const rowsWithoutTarget = table.rows - rows.length;
  if (rowsWithoutTarget > 0) log(`${rowsWithoutTarget} rows have no value in "${target}" and are left out.`);

  const test = options.testFraction ?? TEST_FRACTION_BOUNDS.default;
  const classOf = task === 'classification' ? (row: number) => values[row]! : () => 0;
  const fractions = { test, valid: (1 - test) * VALID_SHARE };
  const split = splitRows(rows, classOf, Math.max(1, classes.length), fractions, options.seed);
  if (split.valid.length === 0 || split.test.length === 0) {
    throw new TrainingRefusal(
      'too_few_rows',
      `${rows.length} rows for ${classes.length} classes leave none to test on. Add rows, or bring classes together.`,
    );
  }
  const features = columns.map((column) => withoutUnseen(column, split.train, log));
  requireSomethingToLearnFrom(features, split.train);
  return {
    problem: {
      task,
      features,
      target: values,
      classes,
      trainRows: split.train,
      validRows: split.valid,
    },
    testRows: split.test,
    rowsWithoutTarget,
  };
}

function chooseFeatures(
  table: TrainingTable,
  target: string,
  names: readonly string[] | undefined,
): readonly TrainingColumn[] {
  const others = table.columns.filter(({ name }) => name !== target);
  const unknown = names?.find((name) => !others.some((column) => column.name === name));
  if (unknown !== undefined) {
    const why = unknown === target ? 'is the target' : 'is no column of the dataset';
    throw new TrainingRefusal('feature_unknown', `Feature "${unknown}" ${why}.`);
  }
  const chosen = names ? others.filter(({ name }) => names.includes(name)) : others;
  if (chosen.length === 0) {
    throw new TrainingRefusal('no_features', `Beside "${target}" there is no column to learn from.`);
  }
  const crowded = chosen.find(
    (column) => column.kind === 'category' && column.categories.length > MOST_CATEGORIES,
  );
  if (crowded?.kind === 'category') {
    throw new TrainingRefusal(
      'too_many_categories',
      `Column "${crowded.name}" has ${crowded.categories.length} different values; at most ${MOST_CATEGORIES} can be learned from. ` +
        'Leave it out by naming the features, or bring its values together.',
    );
  }
  return chosen;
}

function requireRows(count: number, all: number): void {
  if (count >= FEWEST_ROWS) return;
  const found = count === all ? `There are ${count} rows` : `${count} of ${all} rows have a target`;
  throw new TrainingRefusal('too_few_rows', `${found}; training and testing need at least ${FEWEST_ROWS}.`);
}

function requireSomethingToLearnFrom(features: readonly TrainingColumn[], rows: Int32Array): void {
  const varies = (column: TrainingColumn): boolean => {
    const numbers = column.kind === 'number' ? column.values : column.codes;
    const first = numbers[rows[0]!]!;
    return rows.some((row) => !Object.is(numbers[row], first));
  };
  if (!features.some(varies)) {
    throw new TrainingRefusal(
      'no_features',
      'Every feature is empty or has the same value in every row: there is nothing to learn from.',
    );
  }
}

/** The column as far as training rows know it. */
function withoutUnseen(
  column: TrainingColumn,
  trainRows: Int32Array,
  log: (line: string) => void,
): TrainingColumn {
  const clean = column.kind === 'number' ? withoutInfinities(column, log) : seenCategories(column, trainRows);
  const isMissing =
    clean.kind === 'number'
      ? (row: number) => Number.isNaN(clean.values[row])
      : (row: number) => clean.codes[row]! < 0;
  if (trainRows.every(isMissing))
    log(`"${column.name}" is empty in the rows to learn from and has no effect.`);
  return clean;
}

function withoutInfinities(column: NumberColumn, log: (line: string) => void): NumberColumn {
  const isInfinite = (value: number): boolean => value === Infinity || value === -Infinity;
  if (!column.values.some(isInfinite)) return column;
  log(`Infinite values of "${column.name}" count as missing.`);
  return { ...column, values: column.values.map((value) => (isInfinite(value) ? NaN : value)) };
}

function seenCategories(column: CategoryColumn, trainRows: Int32Array): CategoryColumn {
  const seen = new Set<number>();
  for (const row of trainRows) if (column.codes[row]! >= 0) seen.add(column.codes[row]!);
  const ordered = [...seen].sort((one, other) =>
    column.categories[one]! < column.categories[other]! ? -1 : 1,
  );
  const newCode = new Int32Array(column.categories.length).fill(-1);
  for (const [index, code] of ordered.entries()) newCode[code] = index;
  return {
    ...column,
    codes: column.codes.map((code) => (code < 0 ? -1 : newCode[code]!)),
    categories: ordered.map((code) => column.categories[code]!),
  };
}
