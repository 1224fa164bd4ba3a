import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { AccountClosing } from '../users/account-closing.js';
import { UsersService } from '../users/users.service.js';
import { SessionsService } from './sessions.service.js';

/** Lets people delete their own account: signed out everywhere at once, purged after the grace period. */
@Injectable()
export class AccountDeletionService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly closing: AccountClosing,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * @returns when the account is purged
   * @throws AppError wrong_password, last_admin, account_deletion_pending, overloaded
   */
  async request(userId: string, password: string): Promise<Date> {
    const user = await this.users.confirmPassword(userId, password);
    return this.database.transaction(async () => {
      const deletesAt = await this.closing.close(user);
      await this.sessions.revoke(userId, 'all');
      return deletesAt;
    });
  }

  /** @throws AppError one_time_token_invalid */
  cancel(token: string): Promise<void> {
    return this.closing.reopen(token);
  }
}
