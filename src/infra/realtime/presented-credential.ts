// The credential that a Socket.IO client presents itself, in the CONNECT packet or the address.

import type { Credential } from '../../common/auth/authenticator.js';
import { AppError } from '../../common/errors/app-error.js';

/**
 * The credential in `auth.token`, `auth.apiKey` or `?token=`; undefined when there is none. What is not even
 * text comes back as an empty credential, which no authenticator takes.
 * @returns an AppError ambiguous_credentials for several of them
 */
export function presentedCredential(
  auth: Readonly<Record<string, unknown>>,
  query: Readonly<Record<string, unknown>>,
): Credential | AppError | undefined {
  const found: Credential[] = [];
  if (isGiven(auth['token'])) found.push({ kind: 'bearer', value: textOf(auth['token']) });
  if (isGiven(auth['apiKey'])) found.push({ kind: 'api_key', value: textOf(auth['apiKey']) });
  if (isGiven(query['token'])) found.push({ kind: 'bearer', value: textOf(query['token']) });
  return found.length > 1 ? new AppError('ambiguous_credentials') : found[0];
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
