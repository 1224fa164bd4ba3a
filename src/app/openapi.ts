// The OpenAPI document: what the controllers and their zod schemas say, with what holds for every route added
// in one place. The same code gives the same document everywhere, so it is kept in docs/openapi.json.

import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { describeAccess } from './openapi-access.js';
import { problemResponses, problemSchema } from './openapi-problems.js';

const DESCRIPTION =
  'Accounts, tasks, background jobs and events. Errors are problem documents (RFC 9457) with a stable `code`; ' +
  'lists are walked by cursor; POST requests that create something take an `Idempotency-Key`.';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
const METHODS = ['get', 'head', 'options', 'post', 'put', 'patch', 'delete'] as const;

/** The document of all routes of `app`. */
export function buildOpenApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Milepost')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey')
    .addCookieAuth('mp_access', { type: 'apiKey', in: 'cookie', name: 'mp_access' }, 'cookie')
    .addOAuth2(
      { type: 'oauth2', flows: { password: { tokenUrl: '/api/v1/auth/token', scopes: {} } } },
      'password',
    )
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  const access = describeAccess(app);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) complete(operation, access.get(operation.operationId ?? '') ?? [], path, method);
    }
  }
  const components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: problemSchema },
  };
  return sorted({ ...document, components });
}

function complete(
  operation: Operation,
  security: Record<string, string[]>[],
  path: string,
  method: string,
): void {
  operation.security = security;
  const additions = problemResponses({
    method,
    needsCredential: security.length > 0,
    limited: path.startsWith('/api/v1/'),
    validated: !path.startsWith('/health/'),
    hasPathParameters: path.includes('{'),
    hasBody: operation.requestBody !== undefined,
  });
  operation.responses = { ...additions, ...operation.responses };
}

/** Objects with their keys in order: the order of modules must not change the document. */
function sorted<Value>(value: Value, name = ''): Value {
  if (Array.isArray(value)) return value.map((item: unknown) => sorted(item)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => [key, sorted(child as unknown, key)] as const);
  // Fields of a schema stay in the order in which people wrote them.
  if (name !== 'properties') entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries) as Value;
}
