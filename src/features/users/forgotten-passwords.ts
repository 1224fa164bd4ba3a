// A way back in for whoever can read the mails to the account's address.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { AccountLifeRepository } from './account-life.repository.js';
import { OneTimeTokens } from './one-time-tokens.js';
import { Passwords } from './passwords.js';

const RESET_SECONDS = 30 * 60;

@Injectable()
export class ForgottenPasswords {
  constructor(
    private readonly database: Database,
    private readonly repository: AccountLifeRepository,
    private readonly oneTimeTokens: OneTimeTokens,
    private readonly passwords: Passwords,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Accepts a request, without looking whether the address is known: so nobody can tell, by the answer or by
   * the time it takes. The worker looks.
   */
  async request(email: string): Promise<void> {
    await this.jobs.enqueue('account.reset_request', { email });
  }

  /** Mails a link to the owner of the address, if there is one, and makes earlier links void. */
  sendLink(email: string): Promise<void> {
    return this.database.transaction(async () => {
      const user = await this.repository.holdByEmail(email);
      if (!user) return;
      await this.oneTimeTokens.revoke(user.id, ['reset_password']);
      const token = await this.oneTimeTokens.create(user.id, 'reset_password', RESET_SECONDS);
      const payload = { userId: user.id, oneTimeTokenId: token.id };
      await this.jobs.enqueue('mail.password_reset', payload, { ownerId: user.id });
    });
  }

  /**
   * Hashes the password that a link is to set; slow on purpose, so only for a link that is good so far.
   * @throws AppError one_time_token_invalid, validation_failed (password), overloaded
   */
  async prepare(token: string, password: string): Promise<string> {
    await this.oneTimeTokens.check('reset_password', token);
    return this.passwords.hashNew(password, 'password');
  }

  /**
   * Uses the link up and sets the password, in the open transaction.
   * @returns whose password it was
   * @throws AppError one_time_token_invalid
   */
  async complete(token: string, passwordHash: string): Promise<string> {
    const { userId } = await this.oneTimeTokens.consume('reset_password', token);
    await this.repository.setPassword(userId, passwordHash);
    await this.oneTimeTokens.revoke(userId, ['reset_password']);
    return userId;
  }
}
