// One pass over a whole file, before anything else reads it: each row has the cells of the header, the quotes
// are right, and it is UTF-8 to the end.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { CsvDelimiter } from '../../contracts/datasets.js';
import { hint } from './csv-delimiter.js';
import { CsvRefusal } from './csv-refusal.js';
import { BadQuoting, CsvScanner, type RowEnd } from './csv-scanner.js';
import { completeCharacters, firstForeignLine, withoutMark } from './utf8.js';

const PIECE_BYTES = 262_144;

export interface CsvFile {
  readonly path: string;
  readonly delimiter: CsvDelimiter;
  readonly names: readonly string[];
}

/** What is known of a file that is right. */
export interface CsvStructure {
  /** The header apart. */
  readonly rows: number;
  /** From 1; empty lines may come before. */
  readonly headerLine: number;
  /** It has both \n and \r\n. */
  readonly mixedLineBreaks: boolean;
}

/**
 * Reads the file from end to end.
 * @param head its beginning, for a hint about the delimiter
 * @param report told the part that has been read, 0 to 1
 * @throws CsvRefusal ragged_row, bad_quoting, mixed_line_breaks, not_utf8, not_text, row_too_long, header_only
 */
export async function checkStructure(
  file: CsvFile,
  head: Uint8Array,
  report: (part: number) => void,
): Promise<CsvStructure> {
  const { size } = await stat(file.path);
  const onRow = (end: RowEnd): void => {
    if (end.cells !== file.names.length) throw raggedRow(file, head, end);
  };
  const scanner = new CsvScanner({ delimiter: file.delimiter, onRow });
  try {
    await scan(file.path, scanner, (count) => report(count / size));
  } catch (error) {
    throw error instanceof BadQuoting ? named(error, file.names) : error;
  }
  if (scanner.rows < 2) {
    throw new CsvRefusal('header_only', 'The file has a header and no row below it.', { line: 1 });
  }
  const { rows, headerLine, mixedLineBreaks } = scanner;
  return { rows: rows - 1, headerLine, mixedLineBreaks };
}

/** The line of a cell; both numbers from 0, the first row below the header being 0. */
export async function lineOfCell(file: CsvFile, row: number, cell: number): Promise<number | undefined> {
  const scanner = new CsvScanner({ delimiter: file.delimiter, find: { row: row + 1, cell } });
  await scan(file.path, scanner, () => scanner.foundLine !== undefined);
  return scanner.foundLine;
}

/** @param onBytes told how many bytes have been read; returns true to end the scan there */
async function scan(
  path: string,
  scanner: CsvScanner,
  onBytes: (count: number) => boolean | void,
): Promise<void> {
  let rest: Uint8Array = new Uint8Array();
  let count = 0;
  for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) {
    const joined = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    const bytes = completeCharacters(joined);
    rest = joined.subarray(bytes.length);
    pushText(scanner, count === 0 ? withoutMark(bytes) : bytes);
    count += piece.length;
    if (onBytes(count) === true) return;
  }
  pushText(scanner, rest);
  scanner.end();
}

function pushText(scanner: CsvScanner, bytes: Uint8Array): void {
  const foreign = firstForeignLine(bytes);
  if (foreign === undefined) return scanner.push(bytes);
  scanner.push(bytes.subarray(0, foreign));
  const detail = 'This line holds bytes that are not UTF-8: save the file as CSV in UTF-8.';
  throw new CsvRefusal('not_utf8', detail, { line: scanner.currentLine });
}

function raggedRow({ names, delimiter }: CsvFile, head: Uint8Array, end: RowEnd): CsvRefusal {
  const detail = `This row has ${end.cells} cells, the header has ${names.length}.`;
  const advice = hint(head, delimiter);
  const missing = names[end.cells];
  return new CsvRefusal('ragged_row', advice ? `${detail} ${advice}` : detail, {
    line: end.line,
    ...(missing === undefined ? {} : { column: missing }),
  });
}

function named(error: BadQuoting, names: readonly string[]): CsvRefusal {
  const column = names[error.cell];
  return new CsvRefusal(error.code, error.detail, {
    ...error.place,
    ...(column === undefined ? {} : { column }),
  });
}
