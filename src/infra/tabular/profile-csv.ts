// A CSV file becomes a typed Parquet file and what is to be known about its columns. Runs in a child process.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type {
  ColumnProfile,
  CsvDelimiter,
  DatasetError,
  DecimalMark,
  SampleRow,
} from '../../contracts/datasets.js';
import { countCells, firstFault, groupCells, valueSql } from './cell-groups.js';
import { profileColumn } from './column-profile.js';
import { decideColumn, type ColumnKind } from './column-types.js';
import { chooseDelimiter } from './csv-delimiter.js';
import { readHead } from './csv-head.js';
import { readColumnNames } from './csv-header.js';
import { CsvRefusal } from './csv-refusal.js';
import { checkStructure, lineOfCell, type CsvFile } from './csv-structure.js';
import { detectDecimal } from './decimal-mark.js';
import { openLockedDatabase, sqlText } from './locked-database.js';
import { columnOf, copyToParquet, stageCsv } from './parquet-files.js';
import { readSample } from './table-sample.js';

export interface ProfileRequest {
  readonly path: string;
  /** Where the Parquet file goes, as `table.parquet`, and whatever else is written meanwhile. */
  readonly directory: string;
  readonly delimiter: CsvDelimiter | null;
  readonly decimal: DecimalMark | null;
}

export interface ReadyProfile {
  readonly kind: 'ready';
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  readonly sample: readonly SampleRow[];
  readonly delimiter: CsvDelimiter;
  readonly decimal: DecimalMark;
  readonly parquet: string;
  /** Of the Parquet file, in hexadecimal. */
  readonly sha256: string;
}

export type ProfileOutcome = ReadyProfile | { readonly kind: 'invalid'; readonly error: DatasetError };

/** What DuckDB may hold in memory and, beyond it, on disk, in MiB. */
const MEMORY_MEGABYTES = 512;
const SPILL_MEGABYTES = 8_192;

/** Shares of the whole time, roughly. */
const CHECKED = 0.2;
const STAGED = 0.4;
const PROFILED = 0.85;

/**
 * Reads the file. A file that is no table is an outcome, not an error.
 * @param report told the part that is done, 0 to 1
 */
export async function profileCsv(
  request: ProfileRequest,
  report: (part: number) => void,
): Promise<ProfileOutcome> {
  try {
    return await profile(request, report);
  } catch (error) {
    if (error instanceof CsvRefusal) return { kind: 'invalid', error: error.toDatasetError() };
    throw error;
  }
}

async function profile(request: ProfileRequest, report: (part: number) => void): Promise<ReadyProfile> {
  const { path, directory } = request;
  const head = await readHead(path);
  const delimiter = chooseDelimiter(head, request.delimiter ?? undefined);
  const names = readColumnNames(new TextDecoder().decode(head), delimiter);
  const file: CsvFile = { path, delimiter, names };
  const structure = await checkStructure(file, head, (part) => report(part * CHECKED));

  const connection = await openLockedDatabase({
    directory,
    files: [path],
    memoryMegabytes: MEMORY_MEGABYTES,
    spillMegabytes: SPILL_MEGABYTES,
  });
  const staged = await stageCsv(connection, file, `${directory}/cells.parquet`, structure);
  report(STAGED);
  const decimal = request.decimal ?? (await detectDecimal(connection, staged));
  const kinds: ColumnKind[] = [];
  const columns: ColumnProfile[] = [];
  for (const [index, name] of names.entries()) {
    await groupCells(connection, sqlText(staged), columnOf(index));
    const kind = await decideKind(connection, file, index, decimal);
    kinds.push(kind);
    columns.push(await profileColumn(connection, name, kind, decimal));
    report(STAGED + (PROFILED - STAGED) * ((index + 1) / names.length));
  }

  const parquet = `${directory}/table.parquet`;
  const values = kinds.map((kind, index) => valueSql(kind, columnOf(index), decimal));
  await copyToParquet(connection, values, `read_parquet(${sqlText(staged)})`, parquet);
  const sample = await readSample(connection, parquet, columns);
  const sha256 = await sha256Of(parquet);
  report(1);
  const { rows } = structure;
  return { kind: 'ready', rows, columns, sample, delimiter, decimal, parquet, sha256 };
}

/** @throws CsvRefusal wrong_type */
async function decideKind(
  connection: DuckDBConnection,
  file: CsvFile,
  index: number,
  decimal: DecimalMark,
): Promise<ColumnKind> {
  const counts = await countCells(connection, decimal);
  const { kind, faults } = decideColumn(counts);
  if (faults === 0) return kind;
  const fault = await firstFault(connection, kind, decimal);
  if (!fault) throw new Error('a fault was counted, and is not there');
  const line = await lineOfCell(file, fault.row, index);
  const what = kind.type === 'date' ? 'date like' : 'number like';
  throw new CsvRefusal(
    'wrong_type',
    `“${shorten(fault.text)}” is no ${what} the ${counts.values - faults} other values of this column.`,
    { ...(line === undefined ? {} : { line }), column: file.names[index] ?? '' },
  );
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length > 40 ? `${characters.slice(0, 40).join('')}…` : text;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
