// Finds the credential of a request. Exactly one counts: two headers are refused, and the cookie is looked
// at only when there is no header, so that a bad credential never falls through to a good one.

import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie } from 'cookie';
import { AppError } from '../errors/app-error.js';
import type { Credential } from './authenticator.js';

export const ACCESS_COOKIE = 'mp_access';
export const REFRESH_COOKIE = 'mp_refresh';

const API_KEY_HEADER = 'x-api-key';
/** RFC 6750 §2.1, with the scheme in any case (RFC 9110 §11.1). */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/**
 * The credential in `headers`; undefined without one.
 * @throws AppError ambiguous_credentials, unsupported_authorization_scheme, token_invalid
 */
export function findCredential(headers: IncomingHttpHeaders): Credential | undefined {
  const { authorization } = headers;
  const apiKey = headers[API_KEY_HEADER];
  if (authorization !== undefined && apiKey !== undefined) throw new AppError('ambiguous_credentials');
  if (authorization !== undefined) return { kind: 'bearer', value: bearerToken(authorization) };
  // Node joins repeated X-API-Key headers with a comma, which no key contains.
  if (apiKey !== undefined) return { kind: 'api_key', value: String(apiKey) };
  const cookie = readCookie(headers, ACCESS_COOKIE);
  return cookie === undefined ? undefined : { kind: 'cookie', value: cookie };
}

/** The value of a cookie; undefined when it is missing or empty. */
export function readCookie(headers: IncomingHttpHeaders, name: string): string | undefined {
  if (headers.cookie === undefined) return undefined;
  return parseCookie(headers.cookie)[name] || undefined;
}

function bearerToken(authorization: string): string {
  const token = BEARER.exec(authorization)?.[1];
  if (token !== undefined) return token;
  throw new AppError(/^bearer\b/i.test(authorization) ? 'token_invalid' : 'unsupported_authorization_scheme');
}
