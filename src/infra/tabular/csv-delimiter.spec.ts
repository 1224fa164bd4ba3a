import { chooseDelimiter, hint } from './csv-delimiter.js';
import { readColumnNames } from './csv-header.js';

const bytes = (text: string) => Buffer.from(text);

describe('the delimiter', () => {
  it.each([
    ['comma', 'a,b\n1,2\n', ','],
    ['semicolon, with decimal commas', 'a;b;c\n1,5;2,5;3,5\n4,5;5;6\n', ';'],
    ['semicolon, although the header has commas', '"a, x";b, y\n1,5;2\n3;4\n', ';'],
    ['tab', 'a\tb\n1,5\t2\n', '\t'],
    ['bar', 'a|b\n1|2\n', '|'],
    ['the one that cuts all rows alike', 'a,b;c,d;e\n1;2;3\n4;5;6\n', ';'],
    ['semicolon, with a ragged row', 'a;b;c\n1,5;2\n1,5;2;3\n', ';'],
    ['comma, with a row cut off at the end', 'a,b\n1,2\n3', ','],
    ['comma, in a header alone', 'a,b', ','],
    ['comma, with delimiters in quotes', 'a,b\n"x;y;z",1\n"x;y",2\n', ','],
  ])('is found: %s', (_name, text, expected) => {
    expect(chooseDelimiter(bytes(text), undefined)).toBe(expected);
  });

  it('is the one that was named, if it separates anything', () => {
    expect(chooseDelimiter(bytes('a:b\n1:2\n'), ':')).toBe(':');
    expect(() => chooseDelimiter(bytes('a;b\n1;2\n'), ',')).toThrow(/one_column.*“;”: try that/);
  });

  it('is not made up', () => {
    expect(() => chooseDelimiter(bytes('a\n1\n2\n'), undefined)).toThrow('one_column');
    expect(hint(bytes('a,b\n1,2\n'), ',')).toBeUndefined();
    expect(hint(bytes('a,b,c;d\n1,2,3;4\n'), ';')).toContain('“,”');
  });
});

describe('the header', () => {
  it('gives the names of the columns', () => {
    expect(readColumnNames('\n\na, "b, ""x""" ,é\r\n1,2,3', ',')).toEqual(['a', 'b, "x"', 'é']);
    expect(readColumnNames('A,a\n', ',')).toEqual(['A', 'a']);
  });

  it.each([
    ['a name twice', 'a,b, a \n', 'duplicate_column_name'],
    ['no name', 'a,,c\n', 'empty_column_name'],
    ['a name of spaces', 'a,"  "\n', 'empty_column_name'],
    ['a long name', `a,${'x'.repeat(256)}\n`, 'column_name_too_long'],
    [
      'many columns',
      `${Array.from({ length: 1_001 }, (_, index) => `c${index}`).join(',')}\n`,
      'too_many_columns',
    ],
  ])('is refused with %s', (_name, text, code) => {
    expect(() => readColumnNames(text, ',')).toThrow(code);
  });
});
