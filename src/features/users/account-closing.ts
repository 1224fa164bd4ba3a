// The end of an account that its owner asks for: closed at once, gone after a time to think it over.

import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { userChanged } from '../../infra/access-changes/access-change.js';
import { AccessChanges } from '../../infra/access-changes/access-changes.js';
import { Database } from '../../infra/database/database.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { AccountLifeRepository } from './account-life.repository.js';
import { LastAdmin } from './last-admin.js';
import { OneTimeTokens } from './one-time-tokens.js';
import type { UserEntity } from './user.entity.js';
import { UserDirectory } from './user-directory.js';
import { UsersRepository } from './users.repository.js';

const DAY_SECONDS = 24 * 3_600;

@Injectable()
export class AccountClosing {
  private readonly graceSeconds: number;

  constructor(
    @Inject(CONFIG) config: ServiceConfig,
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly repository: AccountLifeRepository,
    private readonly lastAdmin: LastAdmin,
    private readonly oneTimeTokens: OneTimeTokens,
    private readonly accessChanges: AccessChanges,
    private readonly jobs: Jobs,
    private readonly directory: UserDirectory,
  ) {
    this.graceSeconds = config.auth.deletionGraceDays * DAY_SECONDS;
  }

  /**
   * Closes the account to every credential, tells its owner how to take that back, and sets the purge.
   * @param checked the user as UsersService.confirmPassword() returned them
   * @returns when the purge is due
   * @throws AppError last_admin; account_deletion_pending; wrong_password when it has changed meanwhile
   */
  close(checked: UserEntity): Promise<Date> {
    return this.database.transaction(async () => {
      await this.lastAdmin.protect(checked.id);
      const user = await this.repository.markForDeletion(checked, this.graceSeconds);
      const deletesAt = user?.deletesAt;
      if (!user || !deletesAt) throw await this.refusalOf(checked.id);
      const { role, tier } = user;
      await this.accessChanges.record(userChanged(user.id, { role, tier, status: 'closed' }));
      await this.oneTimeTokens.revoke(user.id, ['verify_email', 'reset_password', 'cancel_deletion']);
      await this.schedulePurge(user.id, deletesAt);
      this.directory.changed();
      return deletesAt;
    });
  }

  private async refusalOf(userId: string): Promise<AppError> {
    const user = await this.users.find(userId);
    return new AppError(user?.deletionRequestedAt ? 'account_deletion_pending' : 'wrong_password');
  }

  /** The purge has no owner: nobody but an administrator may cancel it. */
  private async schedulePurge(userId: string, deletesAt: Date): Promise<void> {
    const at = deletesAt.toISOString();
    const dedupeKey = `account.purge:${userId}:${at}`;
    const purge = await this.jobs.enqueue('account.purge', { userId }, { runAt: deletesAt, dedupeKey });
    const token = await this.oneTimeTokens.create(userId, 'cancel_deletion', this.graceSeconds, {
      purgeJobId: purge.id,
    });
    const payload = { userId, oneTimeTokenId: token.id, deletesAt: at };
    await this.jobs.enqueue('mail.account_deletion', payload, { ownerId: userId });
  }

  /**
   * Takes the deletion back; its owner can sign in again.
   * @throws AppError one_time_token_invalid
   */
  reopen(token: string): Promise<void> {
    return this.database.transaction(async () => {
      const { userId, data } = await this.oneTimeTokens.consume('cancel_deletion', token);
      const user = await this.repository.unmarkForDeletion(userId);
      if (!user) throw new AppError('one_time_token_invalid');
      const { role, tier, isActive } = user;
      const status = isActive ? 'active' : 'inactive';
      await this.accessChanges.record(userChanged(userId, { role, tier, status }));
      await this.cancelPurge(data?.['purgeJobId']);
      this.directory.changed();
    });
  }

  /** For tidiness: a purge that runs nevertheless finds that the account is not due. */
  private async cancelPurge(jobId: string | undefined): Promise<void> {
    if (jobId === undefined) return;
    try {
      await this.jobs.cancel(jobId, undefined);
    } catch (error) {
      const finished =
        error instanceof AppError && ['job_already_finished', 'job_not_found'].includes(error.code);
      if (!finished) throw error;
    }
  }
}
