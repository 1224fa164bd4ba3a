import { Injectable } from '@nestjs/common';
import { Audit } from '../../infra/audit/audit.js';
import { Database } from '../../infra/database/database.js';
import { SecurityNotices } from '../../infra/notifications/security-notices.js';
import { AccountLock } from '../../infra/rate-limit/account-lock.js';
import { ForgottenPasswords } from '../users/forgotten-passwords.js';
import { SessionsService } from './sessions.service.js';

/** Sets a new password by a mailed link, and ends every session of whoever knew the old one. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly database: Database,
    private readonly forgottenPasswords: ForgottenPasswords,
    private readonly sessions: SessionsService,
    private readonly accountLock: AccountLock,
    private readonly securityNotices: SecurityNotices,
    private readonly audit: Audit,
  ) {}

  /** Accepts a request; the same for known and unknown addresses. */
  request(email: string): Promise<void> {
    return this.forgottenPasswords.request(email);
  }

  /** @throws AppError one_time_token_invalid, validation_failed (password), overloaded */
  async reset(token: string, password: string): Promise<void> {
    const passwordHash = await this.forgottenPasswords.prepare(token, password);
    await this.database.transaction(async () => {
      const userId = await this.forgottenPasswords.complete(token, passwordHash);
      await this.sessions.revoke(userId, 'all');
      await this.securityNotices.send(userId, 'password_reset');
      const target = { targetType: 'user', targetId: userId } as const;
      await this.audit.record({ action: 'user.password_changed', ...target, actorId: userId });
      // Whoever guessed wrong so often did not know the password that counts from now on.
      this.database.afterCommit(() => this.accountLock.succeeded(userId));
    });
  }
}
