// The error answers that any operation can give, described once.

import type { OpenAPIObject } from '@nestjs/swagger';

type Components = NonNullable<OpenAPIObject['components']>;
type Schema = NonNullable<Components['schemas']>[string];
type Responses = NonNullable<NonNullable<OpenAPIObject['paths'][string]['get']>['responses']>;

/** The problem document (RFC 9457). */
export const problemSchema: Schema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', example: 'urn:milepost:problem:validation_failed' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'Stable; what programs should look at.' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      description: 'The wrong fields, for validation_failed.',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string', example: 'items.3.title' }, message: { type: 'string' } },
      },
    },
  },
};

export interface OperationTraits {
  readonly method: string;
  readonly needsCredential: boolean;
  readonly limited: boolean;
  readonly validated: boolean;
  readonly hasPathParameters: boolean;
  readonly hasBody: boolean;
}

/** The error answers of an operation with these traits, by status. */
export function problemResponses(traits: OperationTraits): Responses {
  const changes = ['post', 'put', 'patch', 'delete'].includes(traits.method);
  const replaces = changes && traits.method !== 'post';
  const descriptions: [applies: boolean, status: number, description: string][] = [
    [true, 400, 'The request is malformed.'],
    [traits.needsCredential || changes, 401, 'No credential, or a bad one.'],
    [traits.needsCredential || changes, 403, 'Known, but not allowed; or asked by a page of another site.'],
    [traits.hasPathParameters || traits.hasBody, 404, 'There is no such thing.'],
    [changes, 409, 'It does not go with what there is, or the same request is still running.'],
    [replaces, 412, 'It has changed since; `If-Match` names another version.'],
    [changes, 413, 'The body is too large.'],
    [changes, 415, 'The content type is not supported.'],
    [traits.validated, 422, 'Body, query or path is not valid; `errors` says where.'],
    [traits.limited, 429, 'Too many requests; `Retry-After` says when to come back.'],
    [traits.limited, 503, 'A needed part is away; `Retry-After` says when to come back.'],
  ];
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    descriptions
      .filter(([applies]) => applies)
      .map(([, status, description]) => [status, { description, content }]),
  );
}
