// Walks over the bytes of a CSV file (RFC 4180) and holds each row against the header, so that a fault is
// named with its line: DuckDB counts rows, and is off by every line break inside quotes.

import { CsvRefusal } from './csv-refusal.js';

/** Longest row, in bytes. */
export const MAX_ROW_BYTES = 1_048_576;

const CELL_START = 0;
const BARE = 1;
const QUOTED = 2;
const AFTER_QUOTE = 3;
const AFTER_QUOTED_CELL = 4;

const ORDINARY = 0;
const DELIMITER = 1;
const LINE_FEED = 2;
const CARRIAGE_RETURN = 3;
const QUOTE = 4;
const SPACE = 5;
const NUL = 6;

export interface RowEnd {
  /** From 0, the header; empty lines do not count. */
  readonly row: number;
  readonly cells: number;
  /** The line it began on, from 1. */
  readonly line: number;
}

export interface CsvScannerOptions {
  readonly delimiter: string;
  /** Called at the end of each row; what it throws ends the scan. */
  readonly onRow?: (end: RowEnd) => void;
  /** A cell whose line is wanted, see foundLine. */
  readonly find?: { readonly row: number; readonly cell: number };
}

export class CsvScanner {
  /** Rows so far, with the header. */
  rows = 0;
  /** The line the header is on. */
  headerLine = 1;
  /** The file has both \n and \r\n. */
  mixedLineBreaks = false;
  /** The line of the cell that was asked for, once it was passed. */
  foundLine: number | undefined;
  private readonly classes: Uint8Array;
  private state = CELL_START;
  private cell = 0;
  private line = 1;
  private rowLine = 1;
  private quoteLine = 1;
  private quoteCell = 0;
  private rowBytes = 0;
  private afterReturn = false;
  private afterQuotedReturn = false;
  private readonly breaks = { feeds: false, returns: false, pairs: false };

  constructor(private readonly options: CsvScannerOptions) {
    this.classes = classesOf(options.delimiter);
  }

  /** The line that comes next, from 1. */
  get currentLine(): number {
    return this.line;
  }

  /** @throws CsvRefusal bad_quoting, row_too_long, not_text; whatever onRow throws */
  push(bytes: Uint8Array): void {
    const { classes } = this;
    for (let index = 0; index < bytes.length; index += 1) {
      const kind = classes[bytes[index] as number] as number;
      if (kind === ORDINARY && (this.state === BARE || this.state === QUOTED)) {
        this.rowBytes += 1;
        this.afterQuotedReturn = false;
      } else {
        this.step(kind);
      }
    }
    if (this.rowBytes > MAX_ROW_BYTES) throw this.tooLong();
  }

  /** Says that there are no more bytes. @throws as push() */
  end(): void {
    if (this.state === QUOTED) {
      throw this.badQuoting('A quote is opened here and never closed.', this.quoteLine, this.quoteCell);
    }
    if (this.afterReturn) this.noteBreak('returns');
    if (this.rowBytes > 0) this.endRow();
  }

  private step(kind: number): void {
    if (kind === LINE_FEED || kind === CARRIAGE_RETURN) return this.lineBreak(kind);
    if (this.afterReturn) this.noteBreak('returns');
    this.afterReturn = false;
    this.afterQuotedReturn = false;
    this.rowBytes += 1;
    if (kind === NUL) {
      throw new CsvRefusal('not_text', 'The file holds bytes that no text has.', { line: this.line });
    }
    switch (this.state) {
      case QUOTED:
        if (kind === QUOTE) this.state = AFTER_QUOTE;
        return;
      case AFTER_QUOTE:
        if (kind === QUOTE) this.state = QUOTED;
        else this.afterQuotes(kind);
        return;
      case AFTER_QUOTED_CELL:
        this.afterQuotes(kind);
        return;
      default:
        this.inBareCell(kind);
    }
  }

  private inBareCell(kind: number): void {
    if (kind === DELIMITER) return this.endCell();
    if (this.state === BARE || kind === SPACE) return;
    this.state = kind === QUOTE ? QUOTED : BARE;
    this.quoteLine = this.line;
    this.quoteCell = this.cell;
  }

  private afterQuotes(kind: number): void {
    if (kind === DELIMITER) return this.endCell();
    if (kind !== SPACE) {
      throw this.badQuoting('After a closing quote comes more text; a quote inside a cell is written twice.');
    }
    this.state = AFTER_QUOTED_CELL;
  }

  private lineBreak(kind: number): void {
    if (this.state === QUOTED) return this.lineBreakInQuotes(kind);
    const second = kind === LINE_FEED && this.afterReturn;
    if (second) this.noteBreak('pairs');
    else if (this.afterReturn) this.noteBreak('returns');
    else if (kind === LINE_FEED) this.noteBreak('feeds');
    this.afterReturn = kind === CARRIAGE_RETURN;
    if (second) return;
    if (this.rowBytes > 0) this.endRow();
    this.line += 1;
    this.rowLine = this.line;
  }

  private lineBreakInQuotes(kind: number): void {
    this.rowBytes += 1;
    const second = kind === LINE_FEED && this.afterQuotedReturn;
    this.afterQuotedReturn = kind === CARRIAGE_RETURN;
    if (!second) this.line += 1;
  }

  /** @throws CsvRefusal mixed_line_breaks: a lone \r beside others may be a line's end, or a damaged cell */
  private noteBreak(kind: 'feeds' | 'returns' | 'pairs'): void {
    const { breaks } = this;
    breaks[kind] = true;
    this.mixedLineBreaks = breaks.feeds && breaks.pairs;
    if (!breaks.returns || !(breaks.feeds || breaks.pairs)) return;
    const detail =
      'Lines end in different ways up to here: some with a carriage return alone, some with a line feed.';
    throw new CsvRefusal('mixed_line_breaks', detail, { line: this.line });
  }

  private endCell(): void {
    this.noteFound();
    this.cell += 1;
    this.state = CELL_START;
    this.quoteLine = this.line;
  }

  private noteFound(): void {
    const { find } = this.options;
    if (find?.row === this.rows && find.cell === this.cell) {
      this.foundLine = this.state === BARE || this.state === CELL_START ? this.line : this.quoteLine;
    }
  }

  private endRow(): void {
    if (this.rowBytes > MAX_ROW_BYTES) throw this.tooLong();
    if (this.rows === 0) this.headerLine = this.rowLine;
    this.noteFound();
    this.options.onRow?.({ row: this.rows, cells: this.cell + 1, line: this.rowLine });
    this.rows += 1;
    this.cell = 0;
    this.rowBytes = 0;
    this.state = CELL_START;
  }

  private tooLong(): CsvRefusal {
    const detail = `A row has more than ${MAX_ROW_BYTES} bytes. Is a quote missing, or the delimiter another one?`;
    return new CsvRefusal('row_too_long', detail, { line: this.rowLine });
  }

  private badQuoting(detail: string, line = this.line, cell = this.cell): BadQuoting {
    return new BadQuoting(detail, line, cell);
  }
}

/** Tells the number of the cell, for who knows the columns' names. */
export class BadQuoting extends CsvRefusal {
  constructor(
    detail: string,
    line: number,
    /** From 0. */
    readonly cell: number,
  ) {
    super('bad_quoting', detail, { line });
  }
}

function classesOf(delimiter: string): Uint8Array {
  const classes = new Uint8Array(256);
  classes[0] = NUL;
  classes[0x0a] = LINE_FEED;
  classes[0x0d] = CARRIAGE_RETURN;
  classes[0x20] = SPACE;
  classes[0x22] = QUOTE;
  classes[delimiter.charCodeAt(0)] = DELIMITER;
  return classes;
}
