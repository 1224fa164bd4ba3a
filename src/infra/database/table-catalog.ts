// What the database itself says about its tables: their columns, in which order they can be filled, and the
// counters behind their ids.

import type { ClientBase } from 'pg';

export interface CatalogTable {
  readonly name: string;
  /** All that can be written, in the order of the table. */
  readonly columns: readonly string[];
}

export interface Counter {
  readonly table: string;
  readonly column: string;
  /** The last number that was given out. */
  readonly value: number;
}

/**
 * The given tables, each after those that its foreign keys point to.
 * @throws Error when one is not there, or when the keys go in a circle
 */
export async function tablesInFillingOrder(
  client: ClientBase,
  names: readonly string[],
): Promise<CatalogTable[]> {
  const { rows: tables } = await client.query<CatalogTable>(
    `SELECT relname::text AS name, array_agg(attname::text ORDER BY attnum) AS columns
     FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
     WHERE relnamespace = current_schema()::regnamespace AND relname = ANY($1::text[])
       AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     GROUP BY relname ORDER BY relname`,
    [names],
  );
  const missing = names.filter((name) => !tables.some((table) => table.name === name));
  if (missing.length > 0) throw new Error(`there is no table ${missing.join(', ')}`);
  const { rows: keys } = await client.query<{ from: string; to: string }>(
    `SELECT DISTINCT child.relname::text AS from, parent.relname::text AS to
     FROM pg_constraint
     JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid
     WHERE contype = 'f' AND conrelid <> confrelid AND child.relnamespace = current_schema()::regnamespace`,
  );
  return parentsFirst(tables, keys);
}

/** The counters behind identity columns of the given tables that have given out a number. */
export async function counters(client: ClientBase, names: readonly string[]): Promise<Counter[]> {
  const { rows } = await client.query<Counter>(
    `SELECT relname::text AS table, attname::text AS column,
       pg_sequence_last_value(sequence)::float8 AS value
     FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid,
       LATERAL (SELECT pg_get_serial_sequence(quote_ident(relname), attname)::regclass AS sequence) AS counter
     WHERE relnamespace = current_schema()::regnamespace AND relname = ANY($1::text[])
       AND attnum > 0 AND NOT attisdropped AND pg_sequence_last_value(sequence) IS NOT NULL
     ORDER BY relname, attname`,
    [names],
  );
  return rows;
}

function parentsFirst(
  tables: readonly CatalogTable[],
  keys: readonly { from: string; to: string }[],
): CatalogTable[] {
  const ordered: CatalogTable[] = [];
  let waiting = [...tables];
  while (waiting.length > 0) {
    const blocked = new Set(waiting.map(({ name }) => name));
    const free = waiting.filter(({ name }) => !keys.some(({ from, to }) => from === name && blocked.has(to)));
    if (free.length === 0) throw new Error(`foreign keys go in a circle: ${[...blocked].join(', ')}`);
    ordered.push(...free);
    waiting = waiting.filter((table) => !free.includes(table));
  }
  return ordered;
}
