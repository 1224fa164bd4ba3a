import { requestedRange } from './byte-ranges.js';

describe('requestedRange', () => {
  it.each([
    ['the first byte', 'bytes=0-0', { start: 0, end: 0 }],
    ['the last byte', 'bytes=9-9', { start: 9, end: 9 }],
    ['from somewhere to the end', 'bytes=4-', { start: 4, end: 9 }],
    ['an end behind the file', 'bytes=4-99999999999999999999', { start: 4, end: 9 }],
    ['the last three', 'bytes=-3', { start: 7, end: 9 }],
    ['more of the end than there is', 'bytes=-1000', { start: 0, end: 9 }],
    ['parts that touch', 'bytes=0-2, 3-5,4-6', { start: 0, end: 6 }],
    ['parts in any order', 'bytes=5-,-8', { start: 2, end: 9 }],
    ['a part behind the end beside one that exists', 'bytes=2-3,50-60', { start: 2, end: 3 }],
    ['another case of the unit', 'Bytes=1-2', { start: 1, end: 2 }],
  ])('gives %s', (_name, header, range) => {
    expect(requestedRange(header, 10)).toEqual(range);
  });

  it.each([
    ['no header', undefined],
    ['another unit', 'lines=0-1'],
    ['no number', 'bytes=a-b'],
    ['an empty range', 'bytes=-'],
    ['an empty list', 'bytes='],
    ['the end before the start', 'bytes=5-4'],
    ['gaps between the parts', 'bytes=0-0,2-2'],
    ['one wrong part among right ones', 'bytes=0-1,x'],
    ['very many parts', `bytes=${Array.from({ length: 5_000 }, (_, index) => `${index}-`).join(',')}`],
  ])('takes %s for the whole', (_name, header) => {
    expect(requestedRange(header, 10)).toBe('whole');
  });

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=99999999999999999999-', 'bytes=-0', 'bytes=11-12,30-'])(
    'cannot give %s',
    (header) => {
      expect(requestedRange(header, 10)).toBe('unsatisfiable');
    },
  );

  it('has no byte of an empty file to give', () => {
    expect(requestedRange('bytes=0-', 0)).toBe('unsatisfiable');
    expect(requestedRange('bytes=-5', 0)).toBe('unsatisfiable');
    expect(requestedRange(undefined, 0)).toBe('whole');
  });
});
