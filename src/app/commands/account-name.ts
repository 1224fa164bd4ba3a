import type { UserResponse } from '../../features/users/users.dto.js';

/** How a person calls the account. */
export function nameOf({ username, email, id }: UserResponse): string {
  return username ?? email ?? id;
}
