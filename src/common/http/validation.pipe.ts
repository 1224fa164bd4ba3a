// Checks body, query and path parameters against the zod schema that stands beside them in the controller,
// and says in the same words what is wrong with any of them.

import { Injectable, StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { AppError, type FieldError } from '../errors/app-error.js';
import { refuseUnstorable } from './json-safety.js';

/** As many mistakes are named at most. */
const MAX_ERRORS = 50;

/** A Standard Schema issue, with what zod adds to it. */
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  readonly code?: string;
  readonly keys?: readonly string[];
}

@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  /**
   * The value as its schema makes it; a missing body counts as an empty one.
   * @throws AppError validation_failed with `errors: [{ path, message }]`
   */
  override async transform<Value>(value: Value, metadata: ArgumentMetadata): Promise<Value> {
    const { schema, type, data } = metadata;
    if (type === 'query' || type === 'param') refuseBadText(value, data);
    if (!schema || type === 'custom') return value;
    const input = type === 'body' && value === undefined && data === undefined ? {} : value;
    const result = await this.validate<Value>(input, schema);
    if (result.issues) throw failure(result.issues, data);
    return result.value;
  }
}

function refuseBadText(value: unknown, name: string | undefined): void {
  const values: Record<string, unknown> =
    name === undefined ? ((value ?? {}) as Record<string, unknown>) : { [name]: value };
  for (const [key, text] of Object.entries(values)) {
    refuseUnstorable(key, key.replaceAll('\0', '\uFFFD'));
    if (Array.isArray(text)) throw failure([{ message: 'is given more than once', path: [key] }], undefined);
    if (typeof text === 'string') refuseUnstorable(text, key);
  }
}

function failure(issues: readonly Issue[], name: string | undefined): AppError {
  const errors = issues.flatMap((issue) => fieldErrors(issue, name === undefined ? [] : [name]));
  return new AppError('validation_failed', { errors: errors.slice(0, MAX_ERRORS) });
}

function fieldErrors(issue: Issue, prefix: readonly string[]): FieldError[] {
  const steps = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step));
  const path = [...prefix, ...steps];
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
  return (issue.keys ?? []).map((key) => ({
    path: [...path, key].join('.'),
    message: 'is not a known field',
  }));
}
