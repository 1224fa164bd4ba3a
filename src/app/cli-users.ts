// Finding the account that a person means.

import type { INestApplicationContext } from '@nestjs/common';
import { AppError } from '../common/errors/app-error.js';
import { toUserResponse, type UserResponse } from '../features/users/users.dto.js';
import { UsersService } from '../features/users/users.service.js';
import { isUuid } from './commands/command-arguments.js';

/**
 * The account with this id, e-mail or username.
 * @throws AppError user_not_found
 */
export async function findUser(services: INestApplicationContext, text: string): Promise<UserResponse> {
  const users = services.get(UsersService, { strict: false });
  const user = isUuid(text) ? await users.get(text) : await users.findByLogin(text);
  if (!user) throw new AppError('user_not_found', { detail: `There is no user ${JSON.stringify(text)}.` });
  return toUserResponse(user);
}

/** How a person calls the account. */
export function nameOf({ username, email, id }: UserResponse): string {
  return username ?? email ?? id;
}
