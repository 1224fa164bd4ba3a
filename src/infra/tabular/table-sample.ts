import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnProfile, SampleRow } from '../../contracts/datasets.js';
import { showSql } from './column-profile.js';
import { rowsOf, sqlText } from './locked-database.js';
import { columnOf } from './parquet-files.js';

const SAMPLE_ROWS = 20;
/** A sample of very wide rows has fewer of them; in characters of JSON. */
const MAX_SAMPLE = 1_000_000;

/** The first rows of the table, by column name. */
export async function readSample(
  connection: DuckDBConnection,
  parquet: string,
  columns: readonly ColumnProfile[],
): Promise<SampleRow[]> {
  const shown = columns.map((column, index) => {
    const daysOnly = typeof column.min === 'string' && !column.min.includes('T');
    return `${showSql(column, columnOf(index), daysOnly)} AS ${columnOf(index)}`;
  });
  const rows = await rowsOf<SampleRow>(
    connection,
    `SELECT ${shown.join(', ')} FROM read_parquet(${sqlText(parquet)}) LIMIT ${SAMPLE_ROWS}`,
  );
  const sample = rows.map((row) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, row[columnOf(index)] ?? null])),
  );
  while (sample.length > 1 && JSON.stringify(sample).length > MAX_SAMPLE) sample.pop();
  return sample;
}
