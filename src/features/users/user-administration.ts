// What administrators do to the account of somebody else. Each change acts on the next request of that
// person: in this process at once, in the others within a second.

import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { requireMatch } from '../../common/http/etag.js';
import type { Role, Tier } from '../../contracts/scopes.js';
import { userChanged, type UserAccess } from '../../infra/access-changes/access-change.js';
import { AccessChanges } from '../../infra/access-changes/access-changes.js';
import { Database } from '../../infra/database/database.js';
import { Counts } from '../../infra/statistics/counts.decorator.js';
import { AccountErasure } from './account-erasure.js';
import { LastAdmin } from './last-admin.js';
import type { UserEntity } from './user.entity.js';
import { UserDirectory } from './user-directory.js';
import { toUserResponse } from './users.dto.js';
import { UsersRepository } from './users.repository.js';

/** What changes; a field that is missing stays. */
export interface AccountChange {
  readonly role?: Role | undefined;
  readonly tier?: Tier | undefined;
  readonly isActive?: boolean | undefined;
  readonly name?: string | null | undefined;
}

@Injectable()
export class UserAdministration {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly lastAdmin: LastAdmin,
    private readonly erasure: AccountErasure,
    private readonly accessChanges: AccessChanges,
    private readonly directory: UserDirectory,
  ) {}

  /**
   * Changes an account.
   * @param precondition the If-Match header, if there is one
   * @returns the account before and after; the same twice when nothing is different
   * @throws AppError user_not_found, stale_version, last_admin
   */
  change(
    id: string,
    change: AccountChange,
    precondition: string | undefined,
  ): Promise<{ before: UserEntity; after: UserEntity }> {
    return this.database.transaction(async () => {
      if (change.role === 'user' || change.isActive === false) await this.lastAdmin.protect(id);
      const before = await this.hold(id, precondition);
      const {
        role = before.role,
        tier = before.tier,
        isActive = before.isActive,
        name = before.name,
      } = change;
      const same =
        role === before.role && tier === before.tier && isActive === before.isActive && name === before.name;
      if (same) return { before, after: before };
      const after = await this.users.updateByAdmin(id, { role, tier, isActive, name });
      await this.accessChanges.record(userChanged(id, accessOf(after)));
      this.directory.changed();
      return { before, after };
    });
  }

  /**
   * Removes an account and everything of it, at once.
   * @param precondition the If-Match header, if there is one
   * @returns the account as it was
   * @throws AppError user_not_found, stale_version, last_admin
   */
  remove(id: string, precondition: string | undefined): Promise<UserEntity> {
    return this.database.transaction(async () => {
      await this.lastAdmin.protect(id);
      const user = await this.hold(id, precondition);
      await this.erasure.erase(id);
      this.directory.changed();
      return user;
    });
  }

  /**
   * Takes an account's address for verified, without the mail.
   * @throws AppError user_not_found; conflict when it has none
   */
  verify(id: string): Promise<UserEntity> {
    return this.database.transaction(async () => {
      const { email } = await this.hold(id, undefined);
      if (email === null) throw new AppError('conflict', { detail: 'The account has no e-mail address.' });
      await this.users.verifyEmail(id, email);
      this.directory.changed();
      return this.hold(id, undefined);
    });
  }

  /** How many accounts there are. */
  @Counts('users')
  count(): Promise<number> {
    return this.users.count();
  }

  private async hold(id: string, precondition: string | undefined): Promise<UserEntity> {
    const user = await this.users.findForChange(id);
    if (!user) throw new AppError('user_not_found');
    requireMatch(precondition, toUserResponse(user));
    return user;
  }
}

function accessOf({ role, tier, isActive, deletionRequestedAt }: UserEntity): UserAccess {
  const open = isActive ? 'active' : 'inactive';
  return { role, tier, status: deletionRequestedAt === null ? open : 'closed' };
}
