// Keeps secrets out of the logs, however deep they are in what is logged, and reduces errors to what helps:
// the other properties of driver errors hold whole statements with their parameters.

const SECRET_NAMES = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'xapikey',
  'apikey',
  'key',
  'password',
  'currentpassword',
  'newpassword',
  'secret',
  'jwtsecret',
  'token',
  'accesstoken',
  'refreshtoken',
  'idempotencykey',
]);
const REDACTED = '[redacted]';
/** A part of a path that is as long as a secret: 32 random bytes have 43 characters in base64url. */
const SECRET_SEGMENT = /[A-Za-z0-9_-]{43,}/g;
const MAX_DEPTH = 6;
const MAX_CAUSES = 4;

/** A copy of `fields` without secrets, fit for JSON. */
export function redact(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, redactField(name, value, depth)]),
  );
}

function redactField(name: string, value: unknown, depth: number): unknown {
  if (SECRET_NAMES.has(name.toLowerCase().replace(/[-_]/g, ''))) return REDACTED;
  return redactValue(value, depth);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof Error) return describeError(value);
  if (depth >= MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  return redact(value as Record<string, unknown>, depth + 1);
}

/** The path of a URL as it may be logged: without the query and without what may be a token. */
export function redactPath(url: string): string {
  return (url.split('?', 1)[0] ?? '').replace(SECRET_SEGMENT, REDACTED);
}

/** What is logged of an error: its kind, message, code, stack and what caused it. */
export function describeError(error: Error, depth = 0): Record<string, unknown> {
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    stack: error.stack,
    ...(error.cause instanceof Error &&
      depth < MAX_CAUSES && { cause: describeError(error.cause, depth + 1) }),
  };
}
