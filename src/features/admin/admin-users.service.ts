// Accounts in the hands of administrators, each change with its audit entry.

import { Injectable } from '@nestjs/common';
import { Audit } from '../../infra/audit/audit.js';
import { Database } from '../../infra/database/database.js';
import { SessionsService } from '../auth/sessions.service.js';
import type { UserEntity } from '../users/user.entity.js';
import { UserAdministration } from '../users/user-administration.js';
import { toUserResponse, type UserResponse } from '../users/users.dto.js';
import { UsersService } from '../users/users.service.js';
import type { ChangeUserRequest, CreateUserRequest } from './admin.dto.js';

const AUDITED_FIELDS = ['role', 'tier', 'isActive', 'name'] as const satisfies (keyof UserEntity)[];

@Injectable()
export class AdminUsersService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly administration: UserAdministration,
    private readonly sessions: SessionsService,
    private readonly audit: Audit,
  ) {}

  /**
   * Creates an account of any role and tier.
   * @throws AppError email_taken, username_taken, validation_failed (password), overloaded
   */
  async create(request: CreateUserRequest): Promise<UserResponse> {
    const user = await this.users.create(request, async ({ id, role, tier, emailVerifiedAt }) => {
      const details = { role, tier, emailVerified: emailVerifiedAt !== null };
      await this.audit.record({ action: 'user.created', targetType: 'user', targetId: id, details });
    });
    return toUserResponse(user);
  }

  /**
   * Changes role, tier, state or name of an account. Deactivating it ends its sessions.
   * @param precondition the If-Match header, if there is one
   * @throws AppError user_not_found, stale_version, last_admin
   */
  change(id: string, request: ChangeUserRequest, precondition: string | undefined): Promise<UserResponse> {
    return this.database.transaction(async () => {
      const { before, after } = await this.administration.change(id, request, precondition);
      if (before.isActive && !after.isActive) await this.sessions.revoke(id, 'all');
      const changed = differences(before, after);
      if (Object.keys(changed).length > 0) {
        await this.audit.record({
          action: 'user.updated',
          targetType: 'user',
          targetId: id,
          details: { changed },
        });
      }
      return toUserResponse(after);
    });
  }

  /**
   * Removes an account with all that belongs to it, without a time of grace.
   * @param precondition the If-Match header, if there is one
   * @returns the account as it was
   * @throws AppError user_not_found, stale_version, last_admin
   */
  remove(id: string, precondition?: string): Promise<UserResponse> {
    return this.database.transaction(async () => {
      const user = await this.administration.remove(id, precondition);
      const { username, role } = user;
      const details = { username, role };
      await this.audit.record({ action: 'user.deleted', targetType: 'user', targetId: id, details });
      return toUserResponse(user);
    });
  }

  /**
   * Takes an account's e-mail address for verified.
   * @throws AppError user_not_found; conflict when it has none
   */
  verify(id: string): Promise<UserResponse> {
    return this.database.transaction(async () => {
      const user = await this.administration.verify(id);
      await this.audit.record({ action: 'user.verified', targetType: 'user', targetId: id });
      return toUserResponse(user);
    });
  }
}

/** `{ role: { from, to } }` for each field that is different. */
function differences(before: UserEntity, after: UserEntity): Record<string, { from: unknown; to: unknown }> {
  const changed = AUDITED_FIELDS.filter((field) => before[field] !== after[field]);
  return Object.fromEntries(changed.map((field) => [field, { from: before[field], to: after[field] }]));
}
