// How a cell looks that is a number, a date or a mark for "missing", as SQL over a text column.

import type { DecimalMark } from '../../contracts/datasets.js';
import { sqlText } from './locked-database.js';

/** Beside the empty cell, for columns of numbers, dates and yes/no; in other columns they are labels. */
const MISSING_MARKS = ['na', 'n/a', '#n/a', 'nan', 'null', 'none', 'nil', '-', '--', '?', '.'];

/** More digits than a double holds exactly: such a thing is an identifier. */
const EXACT_DIGITS = 15;

export interface DatePattern {
  /** What the whole cell looks like. */
  readonly pattern: string;
  /** SQL that makes a TIMESTAMP of `text`, or NULL of a day that does not exist. */
  readonly parse: (text: string) => string;
}

const TIME = String.raw`( \d{1,2}:\d{2}(:\d{2})?)?`;

/** The ways a date is written. Where day and month could be either, the column has to show which. */
export const DATE_PATTERNS: readonly DatePattern[] = [
  {
    pattern: String.raw`\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)?)?`,
    parse: (text) => `(try_cast(${text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')`,
  },
  written(String.raw`\d{4}/\d{1,2}/\d{1,2}`, '%Y/%m/%d'),
  written(String.raw`\d{1,2}\.\d{1,2}\.\d{4}`, '%d.%m.%Y'),
  written(String.raw`\d{1,2}/\d{1,2}/\d{4}`, '%d/%m/%Y'),
  written(String.raw`\d{1,2}/\d{1,2}/\d{4}`, '%m/%d/%Y'),
];

/** Positions in DATE_PATTERNS of two that read the same text as different days. */
export const RIVAL_DATES = [3, 4] as const;

function written(day: string, format: string): DatePattern {
  const formats = [format, `${format} %H:%M`, `${format} %H:%M:%S`].map(sqlText).join(', ');
  return { pattern: day + TIME, parse: (text) => `try_strptime(${text}, [${formats}])` };
}

/** SQL: the cell without space around it; NULL when nothing is left. */
export function filledSql(column: string): string {
  return String.raw`nullif(trim(${column}, E' \t\r\n'), '')`;
}

/** SQL: `text` is a mark for a missing value. */
export function markSql(text: string): string {
  return `(lower(${text}) IN (${MISSING_MARKS.map(sqlText).join(', ')}))`;
}

/** SQL: `text` as a DOUBLE; NULL when it is no number, or none that is finite. */
export function numberSql(text: string, decimal: DecimalMark): string {
  const mark = decimal === ',' ? ',' : String.raw`\.`;
  const pattern = String.raw`[+-]?(\d+${mark}?\d*|${mark}\d+)([eE][+-]?\d{1,3})?`;
  const plain = decimal === ',' ? `replace(${text}, ',', '.')` : text;
  const value = `try_cast(${plain} AS DOUBLE)`;
  return `CASE WHEN ${matches(text, pattern)} AND isfinite(${value}) THEN ${value} END`;
}

/** SQL: `text` is a whole number in digits. */
export function integerSql(text: string): string {
  return matches(text, String.raw`[+-]?\d{1,${EXACT_DIGITS}}`);
}

/** SQL: `text` is digits that are a code and no amount, such as a postal code with a leading zero. */
export function codeSql(text: string): string {
  return matches(text, String.raw`[+-]?(0\d+|\d{${EXACT_DIGITS + 1},})`);
}

/** SQL: `text` as a TIMESTAMP in UTC; NULL when it is no such date. */
export function dateSql(text: string, { pattern, parse }: DatePattern): string {
  return `CASE WHEN ${matches(text, pattern)} THEN ${parse(text)} END`;
}

/** SQL: `text` is a fraction with this mark, which could not be a whole number with its thousands apart. */
export function fractionSql(text: string, decimal: DecimalMark): string {
  const mark = decimal === ',' ? ',' : String.raw`\.`;
  const fraction = matches(text, String.raw`[+-]?\d*${mark}\d+([eE][+-]?\d{1,3})?`);
  return `(${fraction} AND NOT ${matches(text, String.raw`[+-]?\d{1,3}${mark}\d{3}`)})`;
}

function matches(text: string, pattern: string): string {
  return `regexp_full_match(${text}, ${sqlText(pattern)})`;
}
