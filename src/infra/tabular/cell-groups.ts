// The different cells of one column with their numbers, in a table of its own: everything about the column is
// told from these, and each different text is looked at once.

import type { DuckDBConnection } from '@duckdb/node-api';
import type { DecimalMark } from '../../contracts/datasets.js';
import {
  codeSql,
  DATE_PATTERNS,
  dateSql,
  filledSql,
  integerSql,
  markSql,
  numberSql,
} from './cell-patterns.js';
import type { CellCounts, ColumnKind } from './column-types.js';
import { rowsOf } from './locked-database.js';

/** Columns of the table `cells`: `raw` as written, `text` without space around it, `n` rows, `first` row of them. */
export async function groupCells(
  connection: DuckDBConnection,
  source: string,
  column: string,
): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE cells AS
    SELECT *, ${filledSql('raw')} AS text FROM (
      SELECT ${column} AS raw, count(*)::DOUBLE AS n, min(file_row_number)::DOUBLE AS first
      FROM read_parquet(${source}, file_row_number = true) GROUP BY 1)`);
}

/** What the cells look like. */
export async function countCells(connection: DuckDBConnection, decimal: DecimalMark): Promise<CellCounts> {
  const counted = (condition: string): string => `coalesce(sum(n) FILTER (${condition}), 0)`;
  const isNumber = `${numberSql('text', decimal)} IS NOT NULL`;
  const dates = DATE_PATTERNS.map((pattern) =>
    counted(`NOT mark AND ${dateSql('text', pattern)} IS NOT NULL`),
  );
  const [row] = await rowsOf<Omit<CellCounts, 'firstLabels'>>(
    connection,
    `SELECT ${counted('NOT mark')} AS values, ${counted('mark')} AS marks,
       ${counted(`NOT mark AND ${isNumber}`)} AS numbers,
       ${counted(`NOT mark AND ${integerSql('text')}`)} AS integers,
       ${counted(`NOT mark AND ${codeSql('text')}`)} AS codes,
       [${dates.join(', ')}] AS dates,
       count(*)::DOUBLE AS labels,
       coalesce(max(length(raw)), 0)::DOUBLE AS longest
     FROM (SELECT *, ${markSql('text')} AS mark FROM cells WHERE text IS NOT NULL)`,
  );
  const labels = await rowsOf<{ raw: string }>(
    connection,
    `SELECT raw FROM cells WHERE text IS NOT NULL AND NOT ${markSql('text')} LIMIT 3`,
  );
  if (!row) throw new Error('a query for counts gave no row');
  return { ...row, firstLabels: labels.map(({ raw }) => raw) };
}

/** The first cell, in the order of the file, that is not of the column's kind. */
export async function firstFault(
  connection: DuckDBConnection,
  kind: ColumnKind,
  decimal: DecimalMark,
): Promise<{ text: string; row: number } | undefined> {
  const [fault] = await rowsOf<{ text: string; row: number }>(
    connection,
    `SELECT text, first AS "row" FROM cells
     WHERE text IS NOT NULL AND NOT ${markSql('text')} AND ${valueSql(kind, 'raw', decimal)} IS NULL
     ORDER BY first LIMIT 1`,
  );
  return fault;
}

/** SQL: what a cell of such a column is worth; NULL when it is missing. `cell` is the text as written. */
export function valueSql(kind: ColumnKind, cell: string, decimal: DecimalMark): string {
  const text = filledSql(cell);
  switch (kind.type) {
    case 'number':
      return numberSql(text, decimal);
    case 'integer':
      return `(${numberSql(text, decimal)})::BIGINT`;
    case 'date': {
      const pattern = DATE_PATTERNS[kind.pattern];
      if (!pattern) throw new Error(`there is no date pattern ${kind.pattern}`);
      return dateSql(text, pattern);
    }
    case 'boolean':
      return `CASE WHEN ${text} IS NOT NULL AND NOT ${markSql(text)} THEN ${cell} END`;
    case 'category':
    case 'text':
      return `CASE WHEN ${text} IS NOT NULL THEN ${cell} END`;
  }
}
