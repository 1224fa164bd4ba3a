// What a backup says of itself: manifest.json. docs/OPERATIONS.md describes the whole layout.

import { z } from 'zod';

export const MANIFEST_FILE = 'manifest.json';
/** Goes up when an older Milepost could not read the layout any more. */
export const FORMAT = 1;

const tableSchema = z.strictObject({
  name: z.string().regex(/^[a-z_]+$/),
  /** In the order in which the rows have them. */
  columns: z.array(z.string()).min(1),
  rows: z.int().min(0),
});

export const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** The moment that the rows are of, by the database's clock. */
  createdAt: z.string(),
  /** Names of the migrations that had run, in their order. */
  migrations: z.array(z.string()).min(1),
  /** In the order in which they can be filled. */
  tables: z.array(tableSchema).min(1),
  /** The last numbers of identity columns. */
  counters: z.array(z.strictObject({ table: z.string(), column: z.string(), value: z.int() })),
  objects: z.strictObject({
    count: z.int().min(0),
    bytes: z.int().min(0),
    /** Keys whose rows are in the backup and whose bytes are not: deleted while it was made. */
    gone: z.array(z.string()),
    /** Keys of uploads that were not finished; they begin anew. */
    unfinished: z.array(z.string()),
    /** Keys of which the store had no bytes although they are needed. */
    lost: z.array(z.string()),
    /** Keys whose bytes, as the store has them, are not those that were uploaded. */
    damaged: z.array(z.string()),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type SavedTable = Manifest['tables'][number];
export type SavedObjects = Manifest['objects'];
