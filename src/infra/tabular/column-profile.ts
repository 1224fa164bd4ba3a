// What is told about a column: from the table of its cells, see cell-groups.ts.

import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnProfile, DecimalMark, ValueCount } from '../../contracts/datasets.js';
import { valueSql } from './cell-groups.js';
import type { ColumnKind } from './column-types.js';
import { rowsOf } from './locked-database.js';

/** So many of the most frequent values are shown. */
const TOP = 10;
/** Characters of a longer value that are shown. */
export const MAX_SHOWN = 200;

interface Figures {
  readonly missing: number;
  readonly distinct: number;
  readonly min: number | string | null;
  readonly max: number | string | null;
  readonly mean: number | null;
}

/** Profile of the column whose cells are in the table `cells`. */
export async function profileColumn(
  connection: DuckDBConnection,
  name: string,
  kind: ColumnKind,
  decimal: DecimalMark,
): Promise<ColumnProfile> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE worth AS
     SELECT ${valueSql(kind, 'raw', decimal)} AS value, sum(n) AS n FROM cells GROUP BY 1`,
  );
  const isNumber = kind.type === 'number' || kind.type === 'integer';
  const show = await shownSql(connection, kind);
  const ends = isNumber || kind.type === 'date';
  const [figures] = await rowsOf<Figures>(
    connection,
    `SELECT coalesce(sum(n) FILTER (value IS NULL), 0) AS missing, count(value)::DOUBLE AS distinct,
       ${ends ? `min(${show}) AS min, max(${show}) AS max` : 'NULL AS min, NULL AS max'},
       ${isNumber ? 'fsum(value::DOUBLE * n) FILTER (value IS NOT NULL) / sum(n) FILTER (value IS NOT NULL)' : 'NULL'} AS mean
     FROM worth`,
  );
  if (!figures) throw new Error('a query for figures gave no row');
  const top = await rowsOf<ValueCount>(
    connection,
    `SELECT ${show} AS value, n AS count FROM worth WHERE worth.value IS NOT NULL
     ORDER BY n DESC, worth.value LIMIT ${TOP}`,
  );
  return { name, type: kind.type, ...figures, top };
}

/** SQL that shows `value` of the table `worth`. */
async function shownSql(connection: DuckDBConnection, kind: ColumnKind): Promise<string> {
  if (kind.type !== 'date') return showSql(kind, 'worth.value', false);
  const [times] = await rowsOf<{ count: number }>(
    connection,
    `SELECT count(*)::DOUBLE AS count FROM worth WHERE value <> date_trunc('day', value)`,
  );
  return showSql(kind, 'worth.value', times?.count === 0);
}

/**
 * SQL that shows a value of a column: numbers as such, dates in ISO 8601, long texts cut.
 * @param daysOnly the dates have no time of day
 */
export function showSql(kind: Pick<ColumnKind, 'type'>, value: string, daysOnly: boolean): string {
  switch (kind.type) {
    case 'number':
    case 'integer':
      return `${value}::DOUBLE`;
    case 'date':
      return `strftime(${value}, '${daysOnly ? '%Y-%m-%d' : '%Y-%m-%dT%H:%M:%S.%gZ'}')`;
    case 'boolean':
    case 'category':
    case 'text':
      return `left(${value}, ${MAX_SHOWN})`;
  }
}
