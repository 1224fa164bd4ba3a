// Every way in which a file is no table: each has a code, a sentence, and the place that is to blame.

import { problemOf } from './tables.js';

const numbered = (count: number, row: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => row(index)).join('\n');

// The beginning of what `zip` writes for an archive of one stored file.
const ZIP = Buffer.concat([
  Buffer.from('504b030414000000000000002100000000000000000000000000050000006e6f7465', 'hex'),
  Buffer.alloc(64),
]);

describe('a broken file', () => {
  it.each<[string, string | Buffer, object]>([
    ['nothing', '', { code: 'empty_file' }],
    ['blank lines alone', '\n \n\r\n', { code: 'empty_file' }],
    ['a byte order mark alone', '\ufeff', { code: 'empty_file' }],
    ['a header alone', 'a,b\n', { code: 'header_only', line: 1 }],
    ['a single column', 'a\n1\n2\n', { code: 'one_column' }],
    [
      'a row that is too short',
      'a,b,c\n1,"x\ny",3\n4,5\n6,7,8\n',
      { code: 'ragged_row', line: 4, column: 'c' },
    ],
    ['a row that is too long', 'a,b\n1,2\n3,4,5\n', { code: 'ragged_row', line: 3 }],
    ['a ragged European file', 'a;b;c\n1,5;2,5;x\n3,5;4,5\n', { code: 'ragged_row', line: 3, column: 'c' }],
    ['a quote that is never closed', 'a,b\n1,2\n3,"x\n4,5\n', { code: 'bad_quoting', line: 3, column: 'b' }],
    ['text after a closing quote', 'a,b\n"x"y,2\n', { code: 'bad_quoting', line: 2, column: 'a' }],
    ['bytes of Latin-1', Buffer.from('a,b\n1,2\n3,caf\xe9\n', 'latin1'), { code: 'not_utf8', line: 3 }],
    ['UTF-16', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), { code: 'not_utf8' }],
    ['a NUL', 'a,b\n1,2\n3,\0\n', { code: 'not_text', line: 3 }],
    ['one name twice', 'a,b,a\n1,2,3\n', { code: 'duplicate_column_name', column: 'a' }],
    ['a column without a name', 'a,,c\n1,2,3\n', { code: 'empty_column_name' }],
    [
      '1,001 columns',
      `${numbered(1_001, (index) => `c${index}`).replaceAll('\n', ',')}\n`,
      { code: 'too_many_columns' },
    ],
    ['lines that end differently', 'a,b\n1,2\r3,4\n', { code: 'mixed_line_breaks' }],
  ])('is refused: %s', async (_name, content, error) => {
    expect(await problemOf(content)).toMatchObject(error);
  });

  it('is a ZIP, whatever it is called', async () => {
    const problem = await problemOf(ZIP);
    expect(problem.code).toBe('not_text');
    expect(problem.detail).toContain('application/zip');
  });

  it('is one with another delimiter than was said, and is told which to try', async () => {
    const problem = await problemOf('a;b\n1;2\n', { delimiter: ',' });
    expect(problem).toMatchObject({ code: 'one_column', detail: expect.stringContaining('“;”') });
    const ragged = await problemOf('a;x,b;c\n1;2;3\n4;5;6\n', { delimiter: ',' });
    expect(ragged).toMatchObject({ code: 'ragged_row', line: 2, detail: expect.stringContaining('“;”') });
  });

  it('has one cell late in it that is no number, on a line after cells of several lines', async () => {
    const rows = numbered(25_000, (index) => (index === 24_000 ? 'oops,"a"' : `${index}.5,"x\ny"`));
    expect(await problemOf(`amount,note\n${rows}\n`)).toEqual({
      code: 'wrong_type',
      detail: expect.stringContaining('“oops”'),
      line: 2 + 2 * 24_000,
      column: 'amount',
    });
  });

  it('has one day that does not exist', async () => {
    const rows = numbered(30, (index) => `2024-02-${String(index + 1).padStart(2, '0')},1`);
    expect(await problemOf(`day,x\n${numbered(40, () => '2024-02-01,1')}\n${rows}`)).toMatchObject({
      code: expect.stringMatching(/wrong_type/),
      column: 'day',
    });
  });
});
