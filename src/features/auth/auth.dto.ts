import { z } from 'zod';
import { givenPasswordField, newPasswordField } from '../users/users.dto.js';
import type { TokenPair } from './token-pair.js';

export const loginField = z.string().min(1).max(254);

export const loginSchema = z.strictObject({ username: loginField, password: givenPasswordField });
export type LoginRequest = z.infer<typeof loginSchema>;

export const refreshSchema = z.strictObject({ refresh_token: z.string().max(1_024).optional() });
export type RefreshRequest = z.infer<typeof refreshSchema>;

export const changePasswordSchema = z.strictObject({
  currentPassword: givenPasswordField,
  newPassword: newPasswordField,
});
export type ChangePasswordRequest = z.infer<typeof changePasswordSchema>;

export const oneTimeTokenField = z.string().min(1).max(256);

export const verifyEmailSchema = z.strictObject({ token: oneTimeTokenField });
export type VerifyEmailRequest = z.infer<typeof verifyEmailSchema>;

/** The one answer that keeps the names of RFC 6749 §5.1. */
export const tokenResponseSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal('bearer'),
    expires_in: z.int().describe('Seconds until the access token expires.'),
    refresh_token: z.string(),
  })
  .meta({ id: 'Tokens' });
export type TokenResponse = z.infer<typeof tokenResponseSchema>;

export function toTokenResponse(pair: TokenPair): TokenResponse {
  return {
    access_token: pair.accessToken,
    token_type: 'bearer',
    expires_in: pair.accessTokenSeconds,
    refresh_token: pair.refreshToken,
  };
}
