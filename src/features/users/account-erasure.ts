// Removing an account for good, with everything that belongs to it and nothing else.

import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { userChanged } from '../../infra/access-changes/access-change.js';
import { AccessChanges } from '../../infra/access-changes/access-changes.js';
import { Database } from '../../infra/database/database.js';
import { UserErasers } from '../../infra/erasure/user-erasers.js';
import { PurgeTask } from '../../infra/jobs/purge-task.decorator.js';
import { AccountLifeRepository } from './account-life.repository.js';
import type { UserEntity } from './user.entity.js';
import { UserDirectory } from './user-directory.js';

@Injectable()
export class AccountErasure {
  private readonly logger = new Logger(AccountErasure.name);

  constructor(
    private readonly database: Database,
    private readonly repository: AccountLifeRepository,
    private readonly erasers: UserErasers,
    private readonly accessChanges: AccessChanges,
    private readonly directory: UserDirectory,
  ) {}

  /**
   * Removes an account at once. Whoever calls it protects the last administrator.
   * @throws AppError user_not_found
   */
  erase(id: string): Promise<void> {
    return this.database.transaction(async () => {
      const user = await this.repository.holdForErasure(id, false);
      if (!user) throw new AppError('user_not_found');
      await this.remove(user);
    });
  }

  /** Removes an account whose grace period is over; false, and nothing done, for every other one. */
  eraseIfDue(id: string): Promise<boolean> {
    return this.database.transaction(async () => {
      const user = await this.repository.holdForErasure(id, true);
      if (!user) return false;
      await this.remove(user);
      return true;
    });
  }

  /** Removes accounts that are due and still there, as when their purge was canceled; returns how many. */
  @PurgeTask('accounts')
  async purge(signal: AbortSignal): Promise<number> {
    const tried: string[] = [];
    let removed = 0;
    while (!signal.aborted) {
      const id = await this.repository.findDue(tried);
      if (id === undefined) break;
      tried.push(id);
      if (await this.eraseIfDue(id)) removed += 1;
    }
    return removed;
  }

  private async remove({ id, email, role, tier }: UserEntity): Promise<void> {
    const removed = await this.erasers.erase({ id, email }, () => this.repository.delete(id));
    await this.accessChanges.record(userChanged(id, { role, tier, status: 'closed' }));
    this.directory.changed();
    this.database.afterCommit(() => this.logger.log({ userId: id, removed }, 'account removed'));
  }
}
