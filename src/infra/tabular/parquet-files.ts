// The two Parquet files of a dataset: the cells as text, for as long as it is profiled, and the typed table that
// stays. Columns are called c0, c1, …: DuckDB takes `A` and `a` for one name.

import type { DuckDBConnection } from '@duckdb/node-api';
import { MAX_ROW_BYTES } from './csv-scanner.js';
import type { CsvFile, CsvStructure } from './csv-structure.js';
import { rowsOf, sqlText } from './locked-database.js';

/** Cells that are held in memory at once while a file is written. */
const GROUP_CELLS = 2_000_000;
/** DuckDB writes groups of a multiple of this, and none larger than that by itself. */
const GROUP_STEP = 2_048;
const GROUP_MOST = 122_880;

/** The column at a position, from 0, in both files. */
export function columnOf(index: number): string {
  return `c${index}`;
}

/**
 * Writes the cells of a CSV file, whose structure has been checked, as text.
 * @returns the path
 * @throws Error when DuckDB sees another number of rows than the check did
 */
export async function stageCsv(
  connection: DuckDBConnection,
  file: CsvFile,
  path: string,
  structure: CsvStructure,
): Promise<string> {
  const columns = file.names.map((_, index) => `'${columnOf(index)}': 'VARCHAR'`).join(', ');
  // Nothing is guessed. Strict mode refuses files that mix \n and \r\n.
  const csv = `read_csv(${sqlText(file.path)}, auto_detect = false, header = true, columns = {${columns}},
    delim = ${sqlText(file.delimiter)}, quote = '"', escape = '"', strict_mode = ${!structure.mixedLineBreaks},
    skip = ${structure.headerLine - 1}, compression = 'none', max_line_size = ${2 * MAX_ROW_BYTES}, parallel = false)`;
  const names = file.names.map((_, index) => columnOf(index));
  await copyToParquet(connection, names, csv, path);
  const [counted] = await rowsOf<{ rows: number }>(
    connection,
    `SELECT count(*)::DOUBLE AS rows FROM read_parquet(${sqlText(path)})`,
  );
  if (counted?.rows !== structure.rows) {
    throw new Error(`DuckDB read ${counted?.rows} rows of ${structure.rows}`);
  }
  return path;
}

/**
 * Writes one column for each of `values`, in the order of the source's rows.
 * @param values SQL over a row of the source
 */
export async function copyToParquet(
  connection: DuckDBConnection,
  values: readonly string[],
  source: string,
  path: string,
): Promise<void> {
  const columns = values.map((value, index) => `${value} AS ${columnOf(index)}`).join(', ');
  const group = Math.floor(GROUP_CELLS / values.length / GROUP_STEP) * GROUP_STEP;
  const size = Math.max(GROUP_STEP, Math.min(GROUP_MOST, group));
  await connection.run(
    `COPY (SELECT ${columns} FROM ${source}) TO ${sqlText(path)} (FORMAT parquet, ROW_GROUP_SIZE ${size})`,
  );
}
