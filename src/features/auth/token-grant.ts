// The OAuth2 token endpoint's requests and errors (RFC 6749 §4.3, §5.2, §6).

import { z } from 'zod';
import { AppError } from '../../common/errors/app-error.js';
import type { ErrorCode } from '../../contracts/errors.js';
import { givenPasswordField } from '../users/users.dto.js';
import { loginField } from './auth.dto.js';

const grantSchema = z.discriminatedUnion('grant_type', [
  z.object({ grant_type: z.literal('password'), username: loginField, password: givenPasswordField }),
  z.object({ grant_type: z.literal('refresh_token'), refresh_token: z.string().min(1).max(1_024) }),
]);
export type TokenGrant = z.infer<typeof grantSchema>;

/** The form in the OpenAPI document. */
export const tokenFormSchema = {
  type: 'object',
  required: ['grant_type'],
  properties: {
    grant_type: { type: 'string', enum: ['password', 'refresh_token'] },
    username: { type: 'string', description: 'E-mail or username, for the grant password.' },
    password: { type: 'string', format: 'password' },
    refresh_token: { type: 'string', description: 'For the grant refresh_token.' },
  },
};

/** Refusals that OAuth2 calls an invalid grant. */
const INVALID_GRANT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_credentials',
  'account_inactive',
  'account_deletion_pending',
  'refresh_token_invalid',
  'refresh_token_expired',
  'refresh_token_reused',
  'session_revoked',
]);

/**
 * Reads a token request. Fields it does not know are ignored, as RFC 6749 §3.2 demands: clients send their id
 * and a scope along.
 * @throws AppError invalid_request, unsupported_grant_type
 */
export function parseGrant(body: unknown): TokenGrant {
  const grant = grantSchema.safeParse(body);
  if (grant.success) return grant.data;
  const type = z.object({ grant_type: z.string() }).safeParse(body);
  const known = type.success && ['password', 'refresh_token'].includes(type.data.grant_type);
  if (type.success && !known) throw oauthError('unsupported_grant_type');
  const field = grant.error.issues[0]?.path.join('.') ?? '';
  throw oauthError('invalid_request', `${field || 'grant_type'} is missing or malformed.`);
}

/** What the token endpoint answers in place of `error`: a refusal becomes invalid_grant. */
export function asGrantError(error: unknown): unknown {
  if (!(error instanceof AppError) || !INVALID_GRANT.has(error.code)) return error;
  return oauthError('invalid_grant', error.detail, error);
}

function oauthError(
  code: 'invalid_grant' | 'invalid_request' | 'unsupported_grant_type',
  detail?: string,
  cause?: unknown,
): AppError {
  const extra = { error: code, ...(detail === undefined ? {} : { error_description: detail }) };
  return new AppError(code, { extra, cause, ...(detail === undefined ? {} : { detail }) });
}
