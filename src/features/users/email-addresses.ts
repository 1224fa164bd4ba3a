// Proving that an address is one's own, and changing it: the new one counts once its mailed link was opened.

import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { Database } from '../../infra/database/database.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { SecurityNotices } from '../../infra/notifications/security-notices.js';
import { AccountLifeRepository } from './account-life.repository.js';
import { OneTimeTokens } from './one-time-tokens.js';
import type { UserEntity } from './user.entity.js';
import { UserDirectory } from './user-directory.js';
import { UsersRepository } from './users.repository.js';

const VERIFICATION_SECONDS = 24 * 3_600;
/** Stands for "had no address" in the data of a token. */
const NONE = '';

@Injectable()
export class EmailAddresses {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly repository: AccountLifeRepository,
    private readonly oneTimeTokens: OneTimeTokens,
    private readonly jobs: Jobs,
    private readonly securityNotices: SecurityNotices,
    private readonly directory: UserDirectory,
  ) {}

  /** Mails a link that proves the address, in the open transaction. */
  sendVerification(userId: string, email: string): Promise<void> {
    return this.sendToken(userId, { email });
  }

  /**
   * Mails the link once more; does nothing for a verified address, or without one.
   * @throws AppError user_not_found
   */
  resendVerification(userId: string): Promise<void> {
    return this.database.transaction(async () => {
      const user = await this.users.findForChange(userId);
      if (!user) throw new AppError('user_not_found');
      if (user.email !== null && user.emailVerifiedAt === null)
        await this.sendVerification(userId, user.email);
    });
  }

  /**
   * Mails a link to a new address, and a notice to the old one. Links of earlier requests are void.
   * @param checked the user as UsersService.confirmPassword() returned them
   * @throws AppError email_taken; wrong_password when it has changed meanwhile
   */
  requestChange(checked: UserEntity, email: string): Promise<void> {
    return this.database.transaction(async () => {
      const user = await this.users.findForChange(checked.id);
      const { passwordChangedAt } = checked;
      if (user?.passwordChangedAt.getTime() !== passwordChangedAt.getTime())
        throw new AppError('wrong_password');
      if (await this.repository.isEmailTaken(email, user.id)) throw new AppError('email_taken');
      await this.oneTimeTokens.revoke(user.id, ['verify_email']);
      await this.sendToken(user.id, { email, replaced: user.email ?? NONE });
      await this.securityNotices.send(user.id, 'email_change_requested', user.email);
    });
  }

  /**
   * Marks the address that the token was mailed to as the user's own.
   * @throws AppError one_time_token_invalid, also when the user has another address by now; email_taken when
   *   somebody else has taken a new one first
   */
  verify(token: string): Promise<void> {
    return this.database.transaction(async () => {
      const { userId, data } = await this.oneTimeTokens.consume('verify_email', token);
      const { email = NONE, replaced } = data ?? {};
      const verified =
        replaced === undefined
          ? await this.users.verifyEmail(userId, email)
          : await this.change(userId, email, replaced === NONE ? null : replaced);
      if (!verified) throw new AppError('one_time_token_invalid');
      this.directory.changed();
    });
  }

  /** Links that were mailed to the old address must not open the account any more. */
  private async change(userId: string, email: string, replaced: string | null): Promise<boolean> {
    const changed = await this.repository.replaceEmail(userId, email, replaced);
    if (!changed) return false;
    await this.oneTimeTokens.revoke(userId, ['verify_email', 'reset_password']);
    await this.securityNotices.send(userId, 'email_changed', replaced);
    return true;
  }

  private async sendToken(userId: string, data: { email: string; replaced?: string }): Promise<void> {
    const token = await this.oneTimeTokens.create(userId, 'verify_email', VERIFICATION_SECONDS, data);
    await this.jobs.enqueue('mail.verify_email', { userId, oneTimeTokenId: token.id }, { ownerId: userId });
  }
}
