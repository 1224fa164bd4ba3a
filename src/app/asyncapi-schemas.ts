// JSON Schemas of one document: what several of them share stands once, below components.

import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

const LOCAL = '#/definitions/';
const SHARED = '#/components/schemas/';

export class SharedSchemas {
  /** By name, the `id` of their zod schemas. */
  readonly components: Record<string, JsonSchema> = {};

  /**
   * The JSON Schema of `schema`, draft 7, as AsyncAPI wants it; what has an `id` is referred to.
   * @param side `input` for what a client sends, `output` for what it gets
   */
  of(schema: z.ZodType, side: 'input' | 'output'): JsonSchema {
    const { $schema: _draft, definitions, ...own } = z.toJSONSchema(schema, { target: 'draft-7', io: side });
    for (const [name, definition] of Object.entries(definitions ?? {})) {
      this.components[name] ??= shared(definition) as JsonSchema;
    }
    return shared(own) as JsonSchema;
  }
}

/** The value with its references to definitions of its own turned into references to the components. */
function shared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shared);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, child]) => {
    // zod repeats the name inside of the definition, where it would be an identifier of JSON Schema.
    if (key === '$id' || (key === 'id' && typeof child === 'string')) return [];
    if (key === '$ref' && typeof child === 'string') return [[key, child.replace(LOCAL, SHARED)] as const];
    return [[key, shared(child)] as const];
  });
  return Object.fromEntries(entries);
}
