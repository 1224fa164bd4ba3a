import type { DuckDBConnection } from '@duckdb/node-api';
import type { DecimalMark } from '../../contracts/datasets.js';
import { filledSql, fractionSql } from './cell-patterns.js';
import { rowsOf, sqlText } from './locked-database.js';

/** Rows that are looked at. */
const EVIDENCE_ROWS = 10_000;

/**
 * The mark that the fractions of a file have; `.` where there are none, or as many of each. One for the whole
 * file: where `1,5` is a number, `1.500` is none that one could be sure of.
 * @param staged path of the Parquet file with its cells
 */
export async function detectDecimal(connection: DuckDBConnection, staged: string): Promise<DecimalMark> {
  const [counts] = await rowsOf<{ commas: number; points: number }>(
    connection,
    `SELECT (count(*) FILTER (${fractionSql('text', ',')}))::DOUBLE AS commas,
       (count(*) FILTER (${fractionSql('text', '.')}))::DOUBLE AS points
     FROM (SELECT ${filledSql('cell')} AS text FROM (
       UNPIVOT (FROM read_parquet(${sqlText(staged)}) LIMIT ${EVIDENCE_ROWS}) ON COLUMNS(*) INTO NAME name VALUE cell))`,
  );
  return counts && counts.commas > counts.points ? ',' : '.';
}
