import fc from 'fast-check';
import { CsvRefusal } from './csv-refusal.js';
import { CsvScanner, MAX_ROW_BYTES, type RowEnd } from './csv-scanner.js';

interface Scan {
  rows: RowEnd[];
  scanner: CsvScanner;
}

function scan(text: string, pieces = [text.length], find?: { row: number; cell: number }): Scan {
  const rows: RowEnd[] = [];
  const scanner = new CsvScanner({ delimiter: ',', onRow: (end) => rows.push(end), ...(find && { find }) });
  const bytes = Buffer.from(text);
  let at = 0;
  for (const size of [...pieces, bytes.length]) {
    scanner.push(bytes.subarray(at, at + size));
    at += size;
  }
  scanner.end();
  return { rows, scanner };
}

function refusal(text: string): CsvRefusal {
  try {
    scan(text);
  } catch (error) {
    if (error instanceof CsvRefusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the CSV scanner', () => {
  it('counts cells, rows and lines, also where cells hold line breaks', () => {
    const { rows } = scan('a,b\n1,"x\ny\r\nz"\n\n"say ""hi"", you",2\n');
    expect(rows).toEqual([
      { row: 0, cells: 2, line: 1 },
      { row: 1, cells: 2, line: 2 },
      { row: 2, cells: 2, line: 6 },
    ]);
  });

  it.each([
    ['\\n', 'a,b\n1,2\n'],
    ['\\r\\n', 'a,b\r\n1,2\r\n'],
    ['\\r', 'a,b\r1,2\r'],
    ['no last line break', 'a,b\n1,2'],
    ['empty lines', '\na,b\n\n1,2\n\n'],
  ])('takes %s', (_name, text) => {
    expect(scan(text).rows).toHaveLength(2);
  });

  it('knows where the header is, and that line breaks are mixed', () => {
    expect(scan('\r\n\r\na,b\r\n1,2\r\n').scanner).toMatchObject({ headerLine: 3, mixedLineBreaks: false });
    expect(scan('a,b\r\n1,2\n').scanner.mixedLineBreaks).toBe(true);
  });

  it('finds the line on which a cell begins', () => {
    const text = 'a,b,c\n"x\ny",2,"z"\n4,5,6\n';
    const lineOf = (row: number, cell: number) => scan(text, [], { row, cell }).scanner.foundLine;
    expect([lineOf(0, 2), lineOf(1, 0), lineOf(1, 1), lineOf(1, 2), lineOf(2, 0)]).toEqual([1, 2, 3, 3, 4]);
    expect(lineOf(3, 0)).toBeUndefined();
  });

  it.each([
    ['a quote that is never closed', 'a,b\n1,"x\n2,3\n', 'bad_quoting', 2],
    ['text after a closing quote', 'a,b\n1,2\n3,"x"y\n', 'bad_quoting', 3],
    ['a NUL', 'a,b\n1,\0\n', 'not_text', 2],
    ['a carriage return within lines', 'a,b\n1,x\ry\n', 'mixed_line_breaks', 3],
    ['a carriage return at the end', 'a,b\n1,2\r', 'mixed_line_breaks', 3],
    ['a row without an end', `a,b\n1,${'x'.repeat(MAX_ROW_BYTES)}\n`, 'row_too_long', 2],
  ])('refuses %s', (_name, text, code, line) => {
    expect(refusal(text)).toMatchObject({ code, place: { line } });
  });

  it('sees the same however the bytes are cut', () => {
    const cell = fc.constantFrom('', 'x', '"a,b"', '"a\r\nb"', '""', '"q""q"', ' ', 'é');
    const row = fc.array(cell, { minLength: 2, maxLength: 4 }).map((cells) => cells.join(','));
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), cuts, (rows, pieces) => {
        const text = `${rows.join('\r\n')}\r\n`;
        expect(scan(text, pieces).rows).toEqual(scan(text).rows);
        expect(scan(text).rows).toHaveLength(rows.length);
      }),
    );
  });
});
