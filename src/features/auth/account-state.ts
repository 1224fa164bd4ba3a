import { AppError } from '../../common/errors/app-error.js';
import type { UserEntity } from '../users/user.entity.js';

/** @throws AppError account_inactive, account_deletion_pending when nobody may sign in to the account */
export function refuseClosedAccount(user: UserEntity): void {
  if (!user.isActive) throw new AppError('account_inactive');
  if (user.deletionRequestedAt !== null) throw new AppError('account_deletion_pending');
}
