// The table of a dataset as it is learned from: columns of typed arrays. Runs in a child process.

import {
  DuckDBDoubleVector,
  DuckDBVarCharVector,
  type DuckDBConnection,
  type DuckDBVector,
} from '@duckdb/node-api';
import type { ColumnProfile } from '../../contracts/datasets.js';
import type { CategoryColumn, NumberColumn, TrainingTable } from '../learning/training-table.js';
import { openLockedDatabase, rowsOf, sqlText } from './locked-database.js';
import { columnOf } from './parquet-files.js';

export interface TableSource {
  /** Path of the Parquet file. */
  readonly parquet: string;
  /** A directory for what does not fit into memory. */
  readonly directory: string;
  /** All columns of the dataset, in its order. */
  readonly columns: readonly Pick<ColumnProfile, 'name' | 'type'>[];
  readonly rows: number;
}

const MEMORY_MEGABYTES = 512;
const SPILL_MEGABYTES = 4_096;

/**
 * Reads the named columns, in the order of `names`. Dates become seconds since 1970 in UTC; yes/no, categories
 * and texts become codes, whose labels are sorted by code point.
 * @throws Error for a name that is no column of the dataset
 */
export async function readTable(source: TableSource, names: readonly string[]): Promise<TrainingTable> {
  const connection = await openLockedDatabase({
    directory: source.directory,
    files: [source.parquet],
    memoryMegabytes: MEMORY_MEGABYTES,
    spillMegabytes: SPILL_MEGABYTES,
  });
  try {
    const columns = [];
    for (const name of names) columns.push(await readColumn(connection, source, name));
    return { rows: source.rows, columns };
  } finally {
    connection.closeSync();
  }
}

async function readColumn(
  connection: DuckDBConnection,
  source: TableSource,
  name: string,
): Promise<NumberColumn | CategoryColumn> {
  const index = source.columns.findIndex((column) => column.name === name);
  const type = source.columns[index]?.type;
  const from = `read_parquet(${sqlText(source.parquet)})`;
  const column = columnOf(index);
  switch (type) {
    case 'number':
    case 'integer':
      return readNumbers(connection, source.rows, name, `SELECT ${column}::DOUBLE FROM ${from}`);
    case 'date':
      return readNumbers(connection, source.rows, name, `SELECT epoch(${column}) FROM ${from}`);
    case 'boolean':
    case 'category':
    case 'text':
      return readCategories(connection, source.rows, name, column, from);
    case undefined:
      throw new Error(`the dataset has no column ${name}`);
  }
}

async function readNumbers(
  connection: DuckDBConnection,
  rows: number,
  name: string,
  sql: string,
): Promise<NumberColumn> {
  const values = new Float64Array(rows).fill(NaN);
  await eachVector(connection, sql, (vector, start) => {
    if (!(vector instanceof DuckDBDoubleVector)) throw new Error('a column of numbers holds something else');
    for (let row = 0; row < vector.itemCount; row += 1) values[start + row] = vector.getItem(row) ?? NaN;
  });
  return { name, kind: 'number', values };
}

async function readCategories(
  connection: DuckDBConnection,
  rows: number,
  name: string,
  column: string,
  from: string,
): Promise<CategoryColumn> {
  const labels = await rowsOf<{ label: string }>(
    connection,
    `SELECT DISTINCT ${column} AS label FROM ${from} WHERE ${column} IS NOT NULL ORDER BY label`,
  );
  const categories = labels.map(({ label }) => label);
  const codeOf = new Map(categories.map((label, code) => [label, code]));
  const codes = new Int32Array(rows).fill(-1);
  await eachVector(connection, `SELECT ${column} FROM ${from}`, (vector, start) => {
    if (!(vector instanceof DuckDBVarCharVector)) throw new Error('a column of labels holds something else');
    for (let row = 0; row < vector.itemCount; row += 1) {
      const label = vector.getItem(row);
      if (label !== null) codes[start + row] = codeOf.get(label) ?? -1;
    }
  });
  return { name, kind: 'category', codes, categories };
}

/** Calls `use` with each piece of a result of one column, and the number of its first row. */
async function eachVector(
  connection: DuckDBConnection,
  sql: string,
  use: (vector: DuckDBVector, start: number) => void,
): Promise<void> {
  const result = await connection.stream(sql);
  let start = 0;
  for await (const chunk of result) {
    use(chunk.getColumnVector(0), start);
    start += chunk.rowCount;
  }
}
