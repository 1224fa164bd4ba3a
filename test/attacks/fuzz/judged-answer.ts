// Whether an answer is one that the document describes.

import { ERRORS } from '../../../src/contracts/errors.js';
import type { Operation } from './documented-operations.js';
import type { Answer } from './raw-client.js';

/** What any request may be answered, whatever its route: it was refused before there was a route. */
const ANYWHERE = new Set(['headers_too_large', 'request_timeout', 'bad_request']);
/** Traces of what is inside. */
const LEAK = /node_modules|\.[jt]s:\d+|\bat [\w.]+ \(|SELECT |INSERT |violates|syntax error at|\/dist\//;

/** What is wrong with an answer, in words; undefined when nothing is. */
export function problemOf(operation: Operation, answer: Answer): string | undefined {
  const { status } = answer;
  if (status >= 500 && status !== 503 && status !== 507) return `status ${status}`;
  if (status === 503 && !answer.headers['retry-after']) return '503 without Retry-After';
  if (status >= 400) return problemOfRefusal(operation, answer);
  // HTTP's own answer to If-None-Match, on any route that is read.
  if (status === 304 && ['GET', 'HEAD'].includes(operation.method)) return undefined;
  if (!operation.statuses.has(status)) return `the document has no status ${status}`;
  const schema = operation.answerSchema(status);
  if (!schema || operation.method === 'HEAD') return undefined;
  const { error } = schema.safeParse(JSON.parse(answer.text));
  return error?.issues.map(({ path, message }) => `${status} ${path.join('.')}: ${message}`).join('; ');
}

function problemOfRefusal(operation: Operation, { status, headers, text }: Answer): string | undefined {
  if (operation.method === 'HEAD') return text === '' ? undefined : 'an answer to HEAD with a body';
  if (!headers['content-type']?.startsWith('application/problem+json'))
    return `${status} is no problem document`;
  const problem = JSON.parse(text) as { code?: string; status?: number; requestId?: string; detail?: string };
  const { code = '' } = problem;
  const known = Object.entries(ERRORS).some(
    ([key, definition]) => (definition.code ?? key) === code && definition.status === status,
  );
  if (!known) return `${status} with the unknown code ${code}`;
  if (problem.status !== status) return `the body says ${problem.status}, not ${status}`;
  if (problem.requestId !== headers['x-request-id']) return 'another request id in the body';
  if (LEAK.test(text)) return `it shows its inside: ${text.slice(0, 200)}`;
  if (!operation.statuses.has(status) && !ANYWHERE.has(code))
    return `the document has no status ${status} (${code})`;
  return undefined;
}
