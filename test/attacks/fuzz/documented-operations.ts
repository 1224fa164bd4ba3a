// The operations of docs/openapi.json, as a fuzzer needs them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { REPOSITORY } from '../../architecture/source-tree.js';

/** The parts of JSON Schema, as OpenAPI 3.0 has them, that the document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

export interface Operation {
  /** Such as `POST /api/v1/tasks`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Schemas of the body by content type. */
  readonly bodies: ReadonlyMap<string, JsonSchema>;
  readonly statuses: ReadonlySet<number>;
  /** The schema of a JSON answer of this status. */
  answerSchema(status: number): z.ZodType | undefined;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}

interface DocumentedOperation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

const COMPONENT = '#/components/schemas/';

/** The kept document, which a test compares with the served one. */
export function readDocument(): OpenApiDocument {
  return JSON.parse(readFileSync(join(REPOSITORY, 'docs', 'openapi.json'), 'utf8')) as OpenApiDocument;
}

/** All operations of the document. */
export function documentedOperations(document = readDocument()): Operation[] {
  const { schemas } = document.components;
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, documented]) => toOperation(method, path, documented, schemas)),
  );
}

function toOperation(
  method: string,
  path: string,
  documented: DocumentedOperation,
  schemas: Readonly<Record<string, JsonSchema>>,
): Operation {
  const bodies = Object.entries(documented.requestBody?.content ?? {}).map(
    ([type, { schema }]) => [type, inlined(schema ?? {}, schemas)] as const,
  );
  const checks = new Map<number, z.ZodType | undefined>();
  return {
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    parameters: documented.parameters ?? [],
    bodies: new Map(bodies),
    statuses: new Set(Object.keys(documented.responses).map(Number)),
    answerSchema(status) {
      const schema = documented.responses[status]?.content?.['application/json']?.schema;
      if (schema && !checks.has(status)) checks.set(status, toCheck(inlined(schema, schemas)));
      return checks.get(status);
    },
  };
}

function toCheck(schema: JsonSchema): z.ZodType {
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0], {
    defaultTarget: 'openapi-3.0',
  });
}

/** `value` with each reference replaced by what it stands for; the document has no circles. */
function inlined<Value>(value: Value, schemas: Readonly<Record<string, JsonSchema>>): Value {
  if (Array.isArray(value)) return value.map((item: unknown) => inlined(item, schemas)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const { $ref } = value as JsonSchema;
  if ($ref !== undefined) return inlined(schemas[$ref.slice(COMPONENT.length)] as Value, schemas);
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, inlined(child as unknown, schemas)]),
  ) as Value;
}
