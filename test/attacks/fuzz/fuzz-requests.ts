// Requests for an operation of the document: valid ones, nearly valid ones, and nonsense.

import fc from 'fast-check';
import type { JsonSchema, Operation, Parameter } from './documented-operations.js';
import { BODIES, CONTENT_TYPES, FILE_CONTENTS, FILE_NAMES } from './hostile-bodies.js';
import { hostileValue, HOSTILE_TEXTS, nearly } from './hostile-values.js';
import { poolOf, reference } from './known-objects.js';
import { valuesOf } from './schema-values.js';

export const CALLERS = ['user', 'admin', 'key', 'cookie', 'nobody'] as const;
export type Caller = (typeof CALLERS)[number];

export interface FuzzRequest {
  readonly caller: Caller;
  readonly method: string;
  /** With query; may hold references of KnownObjects. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As latin1 when it is `bytes`. */
  readonly body?: { readonly text: string; readonly encoding: 'utf8' | 'latin1' };
}

type Headers = Readonly<Record<string, string>>;
interface Content {
  readonly body?: FuzzRequest['body'];
  readonly headers: Headers;
}

const caller = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Caller>('user') },
  { weight: 3, arbitrary: fc.constant<Caller>('admin') },
  { weight: 2, arbitrary: fc.constant<Caller>('key') },
  { weight: 1, arbitrary: fc.constantFrom<Caller>('cookie', 'nobody') },
);

/** All kinds of requests for `operation`. */
export function requestsFor(operation: Operation): fc.Arbitrary<FuzzRequest> {
  return fc
    .record({
      caller,
      path: pathsOf(operation),
      query: queriesOf(operation.parameters.filter((parameter) => parameter.in === 'query')),
      headers: headersOf(operation.parameters.filter((parameter) => parameter.in === 'header')),
      content: contentsOf(operation),
    })
    .map(({ caller, path, query, headers, content }) => ({
      caller,
      method: operation.method,
      target: path + query,
      headers: { ...headers, ...content.headers },
      ...(content.body && { body: content.body }),
    }));
}

const RAW_SEGMENTS = ['%00', '%ff', '%2e%2e', '%2f', 'me', '0', '-1', '*', ';', '%25', 'A'.repeat(300)];

function pathsOf({ path, parameters }: Operation): fc.Arbitrary<string> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const schemaOf = (name: string): JsonSchema =>
    parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.schema ?? {};
  const segments = names.map((name) => {
    const pool = poolOf(path.slice(0, path.indexOf(`{${name}}`)));
    return fc.oneof(
      { weight: 10, arbitrary: reference(pool) },
      { weight: 2, arbitrary: valuesOf(schemaOf(name), name).map((value) => encode(String(value)) || '%20') },
      { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_TEXTS).map((text) => encode(text) || '%20') },
      { weight: 1, arbitrary: fc.constantFrom(...RAW_SEGMENTS) },
    );
  });
  return fc.tuple(...segments).map((values) => {
    let filled = path;
    for (const [index, name] of names.entries())
      filled = filled.replace(`{${name}}`, () => values[index] ?? '');
    return filled;
  });
}

function queriesOf(parameters: readonly Parameter[]): fc.Arbitrary<string> {
  const usual = parameters.map(({ name, schema, required }) =>
    fc
      .oneof(
        { weight: required ? 12 : 1, arbitrary: valuesOf(schema, name) },
        { weight: 2, arbitrary: absent },
      )
      .map((value) => pair(name, value)),
  );
  const odd = fc.tuple(
    fc.constantFrom('x', '__proto__', 'a[b]', ...parameters.map(({ name }) => name)),
    hostileValue,
  );
  return fc
    .record({
      pairs: fc.tuple(...usual),
      odd: rarely(odd, undefined),
      raw: rarely(fc.constantFrom('%', '%ff=%ff', '&&=', '=', '?', 'limit=1&limit=2'), ''),
    })
    .map(({ pairs, odd, raw }) => {
      const all = [...pairs, odd ? pair(odd[0], odd[1]) : '', raw].filter((text) => text !== '');
      return all.length === 0 ? '' : `?${all.join('&')}`;
    });
}

const absent = fc.constant(undefined);

/** `odd` once in eight times, otherwise `usual`. */
function rarely<Value>(odd: fc.Arbitrary<Value>, usual: Value): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 7, arbitrary: fc.constant(usual) }, odd);
}

function pair(name: string, value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return `${encode(name)}=${encode(text)}`;
}

/** Percent-encoded but for references; half a surrogate pair, which cannot be, as the bytes it would have. */
function encode(text: string): string {
  if (/^\{\{[a-z-]+:\d+\}\}$/.test(text)) return text;
  return text
    .split(/([\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])/)
    .map((piece, index) => (index % 2 ? '%ED%A0%80' : encodeURIComponent(piece.slice(0, 3_000))))
    .join('');
}

const ODD_HEADERS: readonly Headers[] = [
  { 'if-match': '"1"' },
  { 'if-match': '*' },
  { 'if-match': 'W/"x", "99999999999999999999"' },
  { 'if-none-match': '*' },
  { 'if-none-match': '"' },
  { range: 'bytes=0-0,5-1,-1,99999999999999999999-' },
  { range: 'bytes=1-' },
  { accept: 'text/html;q=nonsense' },
  { 'accept-language': '*;q=-1' },
  { 'accept-encoding': 'identity;q=0' },
  { origin: 'null' },
  { origin: 'https://evil.example' },
  { 'x-http-method-override': 'DELETE' },
  { 'x-original-url': '/api/v1/admin/stats' },
  { 'x-forwarded-for': "127.0.0.1, '\x80\xff" },
  { forwarded: 'for="[::1' },
  { 'x-request-id': '\xff'.repeat(70) },
  { cookie: 'mp_access=; mp_refresh=\x22; =;;; __proto__=1' },
  { expect: '100-continue' },
  { prefer: 'respond-async, wait=-1' },
  { 'idempotency-key': '\xe9' },
  { 'idempotency-key': 'x'.repeat(256) },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'br, gzip' },
  { 'user-agent': "\x7f'".replace('\x7f', '') + '\xff'.repeat(600) },
  { 'upload-metadata': 'filename ,,  ===' },
  { 'upload-checksum': 'md5 x' },
  { 'upload-length': '-1' },
  { 'upload-defer-length': '1' },
  { 'transfer-encoding': 'identity' },
];

function headersOf(parameters: readonly Parameter[]): fc.Arbitrary<Headers> {
  const named = parameters.map(({ name, schema, required }) =>
    fc
      .oneof(
        { weight: required ? 12 : 1, arbitrary: headerValues(name, schema) },
        { weight: 2, arbitrary: absent },
      )
      .map((value): Headers => (value === undefined ? {} : { [name.toLowerCase()]: value })),
  );
  const odd = rarely(fc.constantFrom(...ODD_HEADERS), {});
  return fc.tuple(odd, ...named).map((all) => Object.assign({}, ...all) as Headers);
}

const HEADER_VALUES: Readonly<Record<string, readonly string[]>> = {
  'Tus-Resumable': ['1.0.0', '1.0.0', '1.0.0', '0.2.2'],
  'Upload-Length': ['0', '1', '100', '1.5', '99999999999999999999'],
  'Upload-Offset': ['0', '0', '5', '-1', 'x'],
  'Upload-Metadata': ['filename d29ybGQudHh0', 'filename', 'a b,a b', 'filename ////'],
  'Upload-Checksum': ['sha256 AAAA', 'sha1 x', 'nonsense', ''],
  Range: ['bytes=0-3', 'bytes=-1', 'bytes=5-2', 'lines=1'],
};

function headerValues(name: string, schema: JsonSchema): fc.Arbitrary<string> {
  const known = HEADER_VALUES[name];
  if (known) return fc.constantFrom(...known);
  // What Node's client would not even send is left out; raw sockets send it elsewhere.
  return valuesOf(schema, name).map((value) => String(value).replace(/[^\t\x20-\x7e\x80-\xff]/g, '?'));
}

function contentsOf({ bodies, method }: Operation): fc.Arbitrary<Content> {
  if (bodies.size === 0 && method !== 'POST') return fc.constant({ headers: {} });
  const usual = [...bodies].map(([type, schema]) => contentOf(type, schema));
  const choices = usual.length === 0 ? [fc.constant<Content>({ headers: {} })] : usual;
  return fc.oneof({ weight: 9, arbitrary: fc.oneof(...choices) }, { weight: 1, arbitrary: nonsense });
}

const text = (value: string, type: string): Content => ({
  body: { text: value, encoding: 'utf8' },
  headers: { 'content-type': type },
});

function contentOf(type: string, schema: JsonSchema): fc.Arbitrary<Content> {
  if (type === 'multipart/form-data') return multipart;
  if (type === 'application/x-www-form-urlencoded') {
    return fields(schema).map((value) => text(formOf(value), type));
  }
  if (type !== 'application/json') {
    return fc
      .string({
        unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
        maxLength: 120,
      })
      .map((bytes) => ({
        body: { text: bytes, encoding: 'latin1' as const },
        headers: { 'content-type': type },
      }));
  }
  return fields(schema).map((value) => text(JSON.stringify(value) ?? '', type));
}

/** The fields of an object as a form; of anything else, a form of nothing. */
function formOf(value: unknown): string {
  const pairs = Object.entries(Object(value) as object).map(([name, field]): [string, string] => [
    name,
    typeof field === 'string' ? field : (JSON.stringify(field) ?? ''),
  ]);
  return new URLSearchParams(pairs).toString();
}

function fields(schema: JsonSchema): fc.Arbitrary<unknown> {
  const valid = valuesOf(schema);
  return fc.oneof({ weight: 5, arbitrary: valid }, { weight: 5, arbitrary: nearly(valid) }, hostileValue);
}

const multipart: fc.Arbitrary<Content> = fc
  .record({
    field: fc.constantFrom('file', 'file', 'file', 'other', '', '__proto__'),
    filename: fc.constantFrom(...FILE_NAMES),
    content: fc.constantFrom(...FILE_CONTENTS),
    end: fc.constantFrom('--\r\n', '--\r\n', '--\r\n', '', '\r\n\r\n'),
    boundary: fc.constantFrom('xyz', 'xyz', 'xyz', 'abc'),
  })
  .map(({ field, filename, content, end, boundary }) => {
    const head = `--xyz\r\nContent-Disposition: form-data; name="${field}"; filename="${filename}"\r\n\r\n`;
    return text(`${head}${content}\r\n--xyz${end}`, `multipart/form-data; boundary=${boundary}`);
  });

const nonsense: fc.Arbitrary<Content> = fc
  .tuple(
    fc.constantFrom(...CONTENT_TYPES),
    fc.constantFrom(...BODIES),
    fc.constantFrom('utf8' as const, 'latin1' as const),
  )
  .map(([type, body, encoding]) => ({ body: { text: body, encoding }, headers: { 'content-type': type } }));
