import { z } from 'zod';
import { AppError } from '../errors/app-error.js';
import { readCursor, toPage } from './pages.js';

const position = z.tuple([z.string(), z.string()]);
const rows = [
  { at: '1', id: 'a' },
  { at: '2', id: 'b' },
  { at: '3', id: 'c' },
];
const page = (limit: number) =>
  toPage(
    rows,
    limit,
    'at',
    (row) => [row.at, row.id],
    (row) => row.id,
  );

describe('a page', () => {
  it('shows up to its limit, with a cursor when there is more', () => {
    const { items, nextCursor } = page(2);
    expect(items).toEqual(['a', 'b']);
    expect(readCursor(nextCursor ?? '', 'at', position)).toEqual(['2', 'b']);
  });

  it('is the last one when there is no further row', () => {
    expect(page(3)).toEqual({ items: ['a', 'b', 'c'], nextCursor: null });
  });

  it('starts at the beginning without a cursor', () => {
    expect(readCursor(undefined, 'at', position)).toBeUndefined();
  });

  it.each([
    ['of another order', page(2).nextCursor ?? '', '-at'],
    ['that is no base64', '%%%', 'at'],
    ['that is no list', Buffer.from('{"at":1}').toString('base64url'), 'at'],
    ['with other values', Buffer.from('["at",1,2]').toString('base64url'), 'at'],
  ])('refuses a cursor %s', (_what, cursor, sort) => {
    expect(() => readCursor(cursor, sort, position)).toThrow(AppError);
  });
});
