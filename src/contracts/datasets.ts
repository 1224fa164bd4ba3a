// What a dataset can be, and each reason why a file cannot become one.

export const DATASET_STATES = ['profiling', 'ready', 'invalid'] as const;
export type DatasetState = (typeof DATASET_STATES)[number];

export const COLUMN_TYPES = ['number', 'integer', 'boolean', 'category', 'text', 'date'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** Between two cells of a row. */
export const CSV_DELIMITERS = [',', ';', '\t', '|', ':', '^', '~'] as const;
export type CsvDelimiter = (typeof CSV_DELIMITERS)[number];

/** Between the whole and the fractional part of a number. */
export const DECIMAL_MARKS = ['.', ','] as const;
export type DecimalMark = (typeof DECIMAL_MARKS)[number];

/** What is wrong with a file; these never change their meaning. */
export const CSV_PROBLEMS = [
  'empty_file',
  'header_only',
  'not_text',
  'not_utf8',
  'one_column',
  'ragged_row',
  'bad_quoting',
  'mixed_line_breaks',
  'empty_column_name',
  'duplicate_column_name',
  'column_name_too_long',
  'too_many_columns',
  'row_too_long',
  'file_too_large',
  'wrong_type',
] as const;
export type CsvProblem = (typeof CSV_PROBLEMS)[number];

/** Why profiling did not come to an end although nothing is known to be wrong with the file. */
export const PROFILING_PROBLEMS = [
  'file_gone',
  'too_complex',
  'quota_exceeded',
  'profiling_failed',
  'profiling_canceled',
] as const;
export type ProfilingProblem = (typeof PROFILING_PROBLEMS)[number];

export interface DatasetError {
  readonly code: CsvProblem | ProfilingProblem;
  readonly detail: string;
  /** Line of the file, from 1; the header is on the first. */
  readonly line?: number;
  /** Name of the column. */
  readonly column?: string;
}

export interface ValueCount {
  readonly value: string | number;
  readonly count: number;
}

/** What is known about one column. Dates are ISO 8601 in UTC; booleans are the labels of the file. */
export interface ColumnProfile {
  readonly name: string;
  readonly type: ColumnType;
  readonly missing: number;
  /** Different values, missing ones apart. */
  readonly distinct: number;
  /** Null for what has no order, and where all is missing. */
  readonly min: number | string | null;
  readonly max: number | string | null;
  /** Of numbers only. */
  readonly mean: number | null;
  /** The most frequent values, the most frequent first. */
  readonly top: readonly ValueCount[];
}

export type SampleRow = Readonly<Record<string, string | number | null>>;
