// Values that a schema allows, as fast-check makes them, with what lies right at and beyond its bounds.

import fc from 'fast-check';
import { PASSWORD } from '../../support/builders.js';
import type { JsonSchema } from './documented-operations.js';
import { reference } from './known-objects.js';

/** Fields whose values only mean something when they name what exists. */
const POOL_OF_FIELD: Readonly<Record<string, string>> = {
  ownerId: 'users',
  userId: 'users',
  actorId: 'users',
  fileId: 'files',
  modelId: 'models',
  datasetId: 'datasets',
  room: 'rooms',
};

const unique = fc.integer({ min: 0, max: 0xffffff }).map((number) => number.toString(36));

const TEXT_OF_FIELD: Readonly<Record<string, fc.Arbitrary<string>>> = {
  password: fc.oneof({ weight: 4, arbitrary: fc.constant(PASSWORD) }, fc.string({ minLength: 8 })),
  currentPassword: fc.constant(PASSWORD),
  newPassword: fc.constant(PASSWORD),
  username: fc.oneof(
    unique.map((text) => `fuzz-${text}`),
    reference('usernames'),
  ),
  email: unique.map((text) => `fuzz-${text}@example.com`),
  cursor: fc
    .tuple(
      fc.constantFrom('createdAt', '-createdAt', 'dueAt', 'title', '-title', 'id', 'newest', 'username'),
      fc.array(
        fc.constantFrom<unknown>('a\0', '\ud800', null, 1e300, -1, 'infinity', '0000-01-01T00:00:00Z', {}),
      ),
    )
    .map(([sort, values]) => Buffer.from(JSON.stringify([sort, ...values])).toString('base64url')),
};

const row = fc.record({ a: fc.double({ noNaN: true }), b: fc.option(fc.integer()) }, { requiredKeys: ['a'] });
/** Fields whose schema takes anything, although most of it means nothing. */
const VALUES_OF_FIELD: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  input: fc.oneof(row, fc.array(row, { maxLength: 4 }), fc.array(fc.array(fc.double(), { maxLength: 3 }))),
  version: fc.constantFrom('latest', 1, 2, 'best'),
};

const isoTime = fc
  .oneof(
    fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
    fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
  )
  .map((date) => date.toISOString().replace(/^[+-]00/, ''));

/**
 * Values of `schema`; a few lie just outside of its bounds.
 * @param name of the field or parameter, which says what a text should be
 */
export function valuesOf(schema: JsonSchema, name = ''): fc.Arbitrary<unknown> {
  const values = withoutNull(schema, name);
  return schema.nullable ? fc.oneof({ weight: 3, arbitrary: values }, fc.constant(null)) : values;
}

function withoutNull(schema: JsonSchema, name: string): fc.Arbitrary<unknown> {
  const named = VALUES_OF_FIELD[name];
  if (named) return fc.oneof({ weight: 3, arbitrary: named }, ofType(schema, name));
  return ofType(schema, name);
}

function ofType(schema: JsonSchema, name: string): fc.Arbitrary<unknown> {
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices) return fc.oneof(...choices.map((choice) => valuesOf(choice, name)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'string':
      return textsOf(schema, name);
    case 'integer':
    case 'number':
      return numbersOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'array':
      return listsOf(schema, name);
    case 'object':
      return objectsOf(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function textsOf(schema: JsonSchema, name: string): fc.Arbitrary<string> {
  const pool = POOL_OF_FIELD[name];
  if (pool !== undefined) return fc.oneof({ weight: 9, arbitrary: reference(pool) }, fc.uuid());
  const named = TEXT_OF_FIELD[name];
  if (named) return named;
  if (schema.format === 'uuid') return fc.uuid();
  if (schema.format === 'date-time') return isoTime;
  if (schema.format === 'email') return unique.map((text) => `${text}@example.com`);
  if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern));
  return boundedTexts(schema.minLength ?? 0, schema.maxLength ?? 200);
}

function boundedTexts(min: number, max: number): fc.Arbitrary<string> {
  const lengths = [min, min + 1, max, max + 1, Math.max(0, min - 1)];
  return fc.oneof(
    { weight: 16, arbitrary: fc.string({ unit: 'grapheme', minLength: min, maxLength: Math.min(max, 60) }) },
    { weight: 1, arbitrary: fc.constantFrom(...lengths).map((length) => 'é'.repeat(length)) },
    { weight: 1, arbitrary: fc.constantFrom(...lengths).map((length) => '💚'.repeat(length)) },
  );
}

function numbersOf({ type, minimum, maximum }: JsonSchema): fc.Arbitrary<number> {
  const min = Math.max(minimum ?? -1_000, -Number.MAX_SAFE_INTEGER);
  const max = Math.min(maximum ?? 1_000, Number.MAX_SAFE_INTEGER);
  const usual =
    type === 'integer'
      ? fc.integer({ min: Math.ceil(min), max: Math.floor(Math.min(max, Math.ceil(min) + 50)) })
      : fc.double({ min, max, noNaN: true });
  return fc.oneof({ weight: 20, arbitrary: usual }, fc.constantFrom(min, max, min - 1, max + 1, min + 0.5));
}

function listsOf({ items = {}, minItems = 0, maxItems = 20 }: JsonSchema, name: string) {
  const few = Math.min(maxItems, minItems + 4);
  return fc.array(valuesOf(items, name), { minLength: minItems, maxLength: few });
}

function objectsOf({ properties = {}, required = [], additionalProperties }: JsonSchema) {
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema, name)]),
  );
  const known = fc.record(model, { requiredKeys: [...required] });
  if (typeof additionalProperties !== 'object') return known;
  const further = fc.dictionary(fc.string({ maxLength: 8 }), valuesOf(additionalProperties), { maxKeys: 3 });
  return fc.tuple(known, further).map(([fields, others]) => ({ ...others, ...fields }));
}
