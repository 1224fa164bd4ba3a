import { z } from 'zod';
import { timestamp } from '../../common/http/fields.js';
import { emailField, givenPasswordField, newPasswordField } from '../users/users.dto.js';
import { oneTimeTokenField } from './auth.dto.js';

export const forgotPasswordSchema = z.strictObject({ email: emailField });
export type ForgotPasswordRequest = z.infer<typeof forgotPasswordSchema>;

export const resetPasswordSchema = z.strictObject({ token: oneTimeTokenField, password: newPasswordField });
export type ResetPasswordRequest = z.infer<typeof resetPasswordSchema>;

export const changeEmailSchema = z.strictObject({ email: emailField, password: givenPasswordField });
export type ChangeEmailRequest = z.infer<typeof changeEmailSchema>;

export const deleteMeSchema = z.strictObject({ password: givenPasswordField });
export type DeleteMeRequest = z.infer<typeof deleteMeSchema>;

export const cancelDeletionSchema = z.strictObject({ token: oneTimeTokenField });
export type CancelDeletionRequest = z.infer<typeof cancelDeletionSchema>;

export const deletionResponseSchema = z
  .object({ deletesAt: timestamp.describe('When the account and all of its data are removed.') })
  .meta({ id: 'AccountDeletion' });
export type DeletionResponse = z.infer<typeof deletionResponseSchema>;
