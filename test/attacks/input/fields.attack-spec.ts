// Attack: the wrong type in every field, fields that nobody may set, cursors that were tampered with, and texts that
// mean something to SQL, LIKE or a prototype: refused, or stored exactly as they came; never a 5xx.

import { startApp, type TestApp } from '../../support/app.js';
import { anAdmin, aTask, PASSWORD, type SignedInUser } from '../../support/builders.js';
import { furnishedUser } from '../access/furnished-user.js';
import { documentedOperations, type JsonSchema, type Operation } from '../fuzz/documented-operations.js';
import { HOSTILE_TEXTS } from '../fuzz/hostile-values.js';
import { poolOf } from '../fuzz/known-objects.js';
import { RawClient } from '../fuzz/raw-client.js';

const operations = documentedOperations();
const JSON_TYPE = 'application/json';
const changing = operations.filter(({ bodies }) => bodies.get(JSON_TYPE)?.type === 'object');
const lists = operations.filter(({ parameters }) => parameters.some(({ name }) => name === 'cursor'));

const NOBODY = '0197a000-0000-7000-8000-000000000000';
/** Fields of rows and of principals that no client sets. */
const PRIVILEGES = [
  'role',
  'tier',
  'isAdmin',
  'isActive',
  'emailVerified',
  'passwordHash',
  'ownerId',
  'userId',
  'id',
];
const WRONG: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e308,
  '',
  'a\0b',
  '\ud800',
  [],
  {},
  [[{}]],
  { $gt: '' },
];

interface Field {
  readonly path: readonly string[];
  readonly schema: JsonSchema;
}

/** The fields of a schema, those within others too. */
function fieldsOf({ properties = {}, items }: JsonSchema, path: readonly string[] = []): Field[] {
  const own = Object.entries(properties).flatMap(([name, schema]) => [
    { path: [...path, name], schema },
    ...fieldsOf(schema, [...path, name]),
  ]);
  return items ? [...own, ...fieldsOf(items, [...path, '0'])] : own;
}

/** The smallest value that a schema allows. */
function least(schema: JsonSchema, name = ''): unknown {
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf?.[0]) return least(schema.anyOf[0], name);
  if (/password/i.test(name)) return PASSWORD;
  if (schema.format === 'uuid') return NOBODY;
  if (schema.format === 'email') return `${crypto.randomUUID()}@example.com`;
  if (schema.format === 'date-time') return '2030-01-01T00:00:00Z';
  if (schema.type === 'array') return [least(schema.items ?? {})];
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1;
  if (schema.type === 'boolean') return true;
  if (schema.type !== 'object') return 'text';
  const required = Object.entries(schema.properties ?? {}).filter(([key]) => schema.required?.includes(key));
  return Object.fromEntries(required.map(([key, child]) => [key, least(child, key)]));
}

/** `body` with the value at `path` replaced. */
function withValue(body: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const copy = (Array.isArray(body) ? [...body] : { ...(body as object) }) as Record<string, unknown>;
  copy[key] = withValue(copy[key] ?? {}, rest, value);
  return copy;
}

describe('hostile input', () => {
  let app: TestApp;
  let admin: SignedInUser;
  let owner: Awaited<ReturnType<typeof furnishedUser>>;
  let client: RawClient;
  beforeAll(async () => {
    app = await startApp();
    admin = await anAdmin(app);
    owner = await furnishedUser(app, 'somebody');
    client = new RawClient(Number(new URL(app.url).port));
  });
  afterAll(async () => {
    client.close();
    await app.close();
  });

  const pathOf = ({ path }: Operation): string =>
    path.replaceAll(/\{(\w+)\}/g, (placeholder) => {
      // The account that calls must stay as it is: this one is nobody's.
      const pool = poolOf(path.slice(0, path.indexOf(placeholder)));
      return pool === 'users' ? NOBODY : (owner.objects[pool] ?? NOBODY);
    });

  const headersOf = ({ path }: Operation) => (path.includes('/admin/') ? admin : owner.user).headers;

  async function post(operation: Operation, body: unknown): Promise<{ status: number; text: string }> {
    const headers = { ...headersOf(operation), 'content-type': JSON_TYPE };
    const bytes = Buffer.from(JSON.stringify(body));
    return client.send({ method: operation.method, target: pathOf(operation), headers, body: bytes });
  }

  it.each(changing)('of a wrong type in a field is refused or understood by $name', async (operation) => {
    const schema = operation.bodies.get(JSON_TYPE)!;
    const valid = least(schema);
    const failed: string[] = [];
    for (const { path } of fieldsOf(schema)) {
      for (const wrong of WRONG) {
        const { status, text } = await post(operation, withValue(valid, path, wrong));
        if (status >= 500) failed.push(`${path.join('.')} = ${JSON.stringify(wrong)}: ${text}`);
      }
    }
    expect(failed).toEqual([]);
  });

  it.each(changing)('of a field that nobody may set is refused by $name', async (operation) => {
    const schema = operation.bodies.get(JSON_TYPE)!;
    const taken: string[] = [];
    for (const name of PRIVILEGES.filter((name) => !schema.properties?.[name])) {
      const { status, text } = await post(operation, { ...(least(schema) as object), [name]: 'admin' });
      if (status < 400 || status >= 500 || (status === 422 && !text.includes(name)))
        taken.push(`${name}: ${status}`);
    }
    expect(taken).toEqual([]);
  });

  it('of unknown fields is allowed by no JSON body of the document', () => {
    const open = changing.filter(({ bodies }) => bodies.get(JSON_TYPE)?.additionalProperties !== false);
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  it.each(lists)('as a cursor is refused by $name', async (operation) => {
    const ask = (query: string) =>
      client.send({ method: 'GET', target: `${pathOf(operation)}?${query}`, headers: headersOf(operation) });
    // A second one of each, so that the first page ends with a cursor.
    await aTask(app, owner.user);
    const { text } = await ask('limit=1');
    const { nextCursor } = JSON.parse(text) as { nextCursor: string | null };
    const real =
      nextCursor === null
        ? ['id', NOBODY]
        : (JSON.parse(atob(nextCursor.replaceAll('-', '+').replaceAll('_', '/'))) as unknown[]);
    const failed: unknown[] = [];
    for (let place = 1; place < real.length; place += 1) {
      for (const value of [...HOSTILE_TEXTS, ...WRONG, 2 ** 60, -(2 ** 60)]) {
        const forged = Buffer.from(JSON.stringify(real.with(place, value)))
          .toString('base64url')
          .slice(0, 6_000);
        const { status } = await ask(`limit=1&cursor=${forged}`);
        if (status >= 500) failed.push({ place, value, status });
      }
    }
    expect(failed).toEqual([]);
  });

  it.each(HOSTILE_TEXTS.filter((text) => text.length < 250).map((text) => [text]))(
    'as the text %j is stored exactly, found by nothing else, or refused',
    async (text) => {
      const answer = await app
        .http()
        .post('/api/v1/tasks')
        .set(owner.user.headers)
        .send({ title: `t${text}`, description: text });
      if (answer.status === 422) return;
      const { id } = answer.body as { id: string };
      const stored = await app.http().get(`/api/v1/tasks/${id}`).set(owner.user.headers).expect(200);
      expect(stored.body).toMatchObject({ title: `t${text}`, description: text });
      for (const path of ['/tasks', '/users']) {
        const found = await app.http().get(`/api/v1${path}`).query({ q: text }).set(owner.user.headers);
        expect([path, found.status < 500]).toEqual([path, true]);
        const isPattern = /^[%_]+$/.test(text);
        if (path === '/users' && isPattern) expect(found.body).toMatchObject({ items: [] });
      }
      const { count } = (
        await app.database.query<{ count: number }>('SELECT count(*)::int AS count FROM users')
      )[0]!;
      expect(count).toBeGreaterThan(1);
    },
  );
});
