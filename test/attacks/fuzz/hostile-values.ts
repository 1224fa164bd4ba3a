// Values that have broken servers before, by themselves and put into what would otherwise be valid.

import fc from 'fast-check';

/** Texts that mean something to SQL, LIKE, HTML, headers, paths, templates, or to nobody. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfff',
  '\ufffe\uffff',
  '\u202egnp.exe',
  '\r\nX-Injected: 1',
  "' OR '1'='1",
  "'; DROP TABLE users; --",
  '%',
  '_%_',
  '\\',
  '$1',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '..%2f..%2f',
  '{{7*7}}',
  '$' + '{jndi:ldap://127.0.0.1/a}',
  'null',
  'undefined',
  'NaN',
  'true',
  '-1',
  '1e309',
  '0x10',
  '9223372036854775808',
  '99999999999999999999999999',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999+23:59',
  '2024-02-30T00:00:00Z',
  '2024-01-01T24:00:00Z',
  '2024-01-01',
  'infinity',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '0197a000-0000-7000-8000-00000000000g',
  '__proto__',
  'constructor',
  'toString',
  'İıſK',
  '👩‍👩‍👧‍👦'.repeat(3),
  'e\u0301'.repeat(5),
  'a'.repeat(300),
  '💥'.repeat(2_100),
  'x'.repeat(20_001),
];

const NUMBERS = [
  0,
  -0,
  -1,
  0.1,
  1.5,
  2 ** 31,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 53,
  2 ** 63,
  1e21,
  1e308,
  5e-324,
];

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 ? [value] : { a: value };
  return value;
}

/** Any JSON value that a field may not expect. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { a: 1 }) },
  { weight: 1, arbitrary: fc.constantFrom(nested(20), nested(40)) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

/** Names of fields that nobody may set, or that reach a prototype. */
const EXTRA_NAMES = [
  'id',
  'role',
  'tier',
  'isAdmin',
  'isActive',
  'emailVerified',
  'ownerId',
  'version',
  'passwordHash',
  'createdAt',
  '__proto__',
  'constructor',
  'a.b',
  '$where',
  '\0',
  '',
];

type Change = 'replace' | 'delete' | 'add';

interface Mutation {
  readonly change: Change;
  readonly place: number;
  readonly name: string;
  readonly value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  change: fc.constantFrom<Change>('replace', 'replace', 'replace', 'delete', 'add'),
  place: fc.nat(1_000),
  name: fc.constantFrom(...EXTRA_NAMES),
  value: hostileValue,
});

/** Values of `valid` with one thing wrong: a value replaced, a field missing, or one too many. */
export function nearly(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(valid, mutation).map(([value, change]) => mutated(value, change));
}

type Container = Record<string, unknown>;

function mutated(original: unknown, { change, place, name, value }: Mutation): unknown {
  const root: Container = { value: structuredClone(original) };
  const places = placesIn(root);
  const [container, key] = places[place % places.length] ?? [root, 'value'];
  if (change === 'delete') {
    delete container[key];
  } else if (change === 'replace') {
    container[key] = value;
  } else {
    const target = containerAt(container[key]) ?? containerAt(root.value) ?? root;
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return root.value;
}

/** Every place of a value, by the object or array that holds it. */
function placesIn(container: Container): (readonly [Container, string])[] {
  return Object.keys(container).flatMap((key) => {
    const child = containerAt(container[key]);
    return [[container, key] as const, ...(child ? placesIn(child) : [])];
  });
}

function containerAt(value: unknown): Container | undefined {
  return typeof value === 'object' && value !== null ? (value as Container) : undefined;
}
