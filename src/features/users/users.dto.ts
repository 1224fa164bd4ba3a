import { z } from 'zod';
import { boundedText, timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import { ROLES, TIERS } from '../../contracts/scopes.js';
import type { UserEntity } from './user.entity.js';

const MAX_EMAIL_LENGTH = 254;

/** One plain address. Its length is checked before its form, so that no pattern meets an endless text. */
export const emailField = z.string().max(MAX_EMAIL_LENGTH).pipe(z.email());

/** ASCII, so that no two usernames look the same, and never with an @, so that none is an address. */
export const usernameField = z
  .string()
  .max(64)
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/,
    'must consist of letters, digits, dots, hyphens and underscores, and begin and end with a letter or digit',
  );

/** A person's name in any script, on one line. */
export const nameField = boundedText(1, 200).refine(
  (name) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name) && name.trim() !== '',
  'must be one line of text',
);

export const newPasswordField = boundedText(8, 128);

/** A password that is compared with one that exists; only its length is bounded. */
export const givenPasswordField = z.string().min(1).max(1_024);

export const registerFields = {
  email: emailField.optional(),
  username: usernameField.optional(),
  name: nameField.optional(),
  password: newPasswordField,
};

export const registerSchema = z
  .strictObject(registerFields)
  .refine((request) => request.email !== undefined || request.username !== undefined, {
    path: ['email'],
    message: 'email or username is required',
  });
export type RegisterRequest = z.infer<typeof registerSchema>;

export const changeMeSchema = z.strictObject({
  name: nameField.nullable().optional(),
  username: usernameField.optional(),
});
export type ChangeMeRequest = z.infer<typeof changeMeSchema>;

export const userResponseSchema = z
  .object({
    id: uuid,
    email: z.string().nullable(),
    username: z.string().nullable(),
    name: z.string().nullable(),
    role: z.enum(ROLES),
    tier: z.enum(TIERS),
    isActive: z.boolean(),
    emailVerified: z.boolean(),
    createdAt: timestamp,
  })
  .meta({ id: 'User' });
export type UserResponse = z.infer<typeof userResponseSchema>;

/** A user as they see themselves, and as administrators see them. */
export function toUserResponse(user: UserEntity): UserResponse {
  return {
    id: user.id,
    email: user.email,
    username: user.username,
    name: user.name,
    role: user.role,
    tier: user.tier,
    isActive: user.isActive,
    emailVerified: user.emailVerifiedAt !== null,
    createdAt: user.createdAt.toISOString(),
  };
}

export const listUsersSchema = z.strictObject({
  q: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Beginning of the username or name; for administrators also of the e-mail.' }),
  ...pageFields,
});
export type ListUsersRequest = z.infer<typeof listUsersSchema>;

export const publicUserResponseSchema = z
  .object({ id: uuid, username: z.string().nullable(), name: z.string().nullable() })
  .meta({ id: 'PublicUser' });
export type PublicUserResponse = z.infer<typeof publicUserResponseSchema>;

/** Administrators get the full one. */
export const listedUserSchema = z.union([userResponseSchema, publicUserResponseSchema]);
export type ListedUser = z.infer<typeof listedUserSchema>;
export const userPageSchema = pageSchema(listedUserSchema);

/** A user as others see them. */
export function toPublicUserResponse({ id, username, name }: UserEntity): PublicUserResponse {
  return { id, username, name };
}
