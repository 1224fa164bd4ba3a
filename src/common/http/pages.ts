// Lists by cursor. A cursor is the position of the last row shown, so rows that are inserted meanwhile
// neither repeat nor hide an old one.

import { z } from 'zod';
import { invalidField } from '../errors/app-error.js';

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** One value per sort column; the last one is the id. */
export type CursorPosition = readonly (string | number)[];

/** The query fields of every list, to spread into its schema. */
export const pageFields = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(2_048).optional(),
};

/** The schema of a page of `item`s, for the OpenAPI document. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/**
 * Makes a page of up to `limit` items.
 * @param rows at most `limit + 1` rows: the extra one says that there is more
 * @param sort name of the order; a cursor of one order is refused by another
 * @param positionOf the values of a row that its cursor holds
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  sort: string,
  positionOf: (row: Row) => CursorPosition,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(toItem), nextCursor: more ? encodeCursor(sort, positionOf(last)) : null };
}

function encodeCursor(sort: string, position: CursorPosition): string {
  return Buffer.from(JSON.stringify([sort, ...position])).toString('base64url');
}

/**
 * The position in `cursor`; undefined without one.
 * @param values schema of the values, as positionOf() of the same list made them
 * @throws AppError validation_failed when it is not a cursor of this list and order
 */
export function readCursor<Position extends CursorPosition>(
  cursor: string | undefined,
  sort: string,
  values: z.ZodType<Position>,
): Position | undefined {
  if (cursor === undefined) return undefined;
  const [cursorSort, ...position] = decode(cursor);
  const parsed = values.safeParse(position);
  if (cursorSort !== sort || !parsed.success)
    throw invalidField('cursor', 'is not a cursor of this list and order');
  return parsed.data;
}

function decode(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
