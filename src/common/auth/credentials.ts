// Finds the credential of a request. Exactly one counts: two headers are refused, as are two values of the cookie,
// which is looked at only when there is no header, so that a bad credential never falls through to a good one.

import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie } from 'cookie';
import { AppError } from '../errors/app-error.js';
import type { Credential } from './authenticator.js';

export const ACCESS_COOKIE = 'mp_access';
export const REFRESH_COOKIE = 'mp_refresh';

const API_KEY_HEADER = 'x-api-key';
/** RFC 6750 §2.1, with the scheme in any case (RFC 9110 §11.1). */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** The headers of a request, and as they came: name, value, name, value. */
export interface CredentialHeaders {
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

/**
 * The credential of a request; undefined without one.
 * @throws AppError ambiguous_credentials, unsupported_authorization_scheme, token_invalid
 */
export function findCredential({ headers, rawHeaders }: CredentialHeaders): Credential | undefined {
  const { authorization } = headers;
  const apiKey = headers[API_KEY_HEADER];
  if (authorization !== undefined && apiKey !== undefined) throw new AppError('ambiguous_credentials');
  // Node keeps the first of two Authorization headers, and whatever stands before us may heed the other one.
  if (authorization !== undefined && isRepeated(rawHeaders, 'authorization'))
    throw new AppError('ambiguous_credentials');
  if (authorization !== undefined) return { kind: 'bearer', value: bearerToken(authorization) };
  // Node joins repeated X-API-Key headers with a comma, which no key contains.
  if (apiKey !== undefined) return { kind: 'api_key', value: String(apiKey) };
  const cookie = readCookie(headers, ACCESS_COOKIE);
  return cookie === undefined ? undefined : { kind: 'cookie', value: cookie };
}

function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index];
    if (header?.length === name.length && header.toLowerCase() === name) count += 1;
  }
  return count > 1;
}

/**
 * The value of a cookie; undefined when it is missing or empty.
 * @throws AppError ambiguous_credentials when it has two values: a neighbouring host can set one that hides ours
 */
export function readCookie(headers: IncomingHttpHeaders, name: string): string | undefined {
  if (headers.cookie === undefined) return undefined;
  const start = `${name}=`;
  const pairs = headers.cookie.split(';').map((pair) => pair.trim());
  if (new Set(pairs.filter((pair) => pair.startsWith(start))).size > 1)
    throw new AppError('ambiguous_credentials');
  return parseCookie(headers.cookie)[name] || undefined;
}

function bearerToken(authorization: string): string {
  const token = BEARER.exec(authorization)?.[1];
  if (token !== undefined) return token;
  throw new AppError(/^bearer\b/i.test(authorization) ? 'token_invalid' : 'unsupported_authorization_scheme');
}
