// Signing in with a password. Known and unknown accounts cost the same work and get the same answer.

import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { Database } from '../../infra/database/database.js';
import { AccountLock } from '../../infra/rate-limit/account-lock.js';
import { Passwords } from '../users/passwords.js';
import { UsersService } from '../users/users.service.js';
import { refuseClosedAccount } from './account-state.js';
import { SessionsService } from './sessions.service.js';
import type { TokenPair } from './token-pair.js';

@Injectable()
export class SignInService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly accountLock: AccountLock,
  ) {}

  /**
   * Opens a session.
   * @param login e-mail or username, in any case
   * @throws AppError invalid_credentials; account_inactive, account_deletion_pending only for the right
   *   password; overloaded; rate_limited after too many failures, for the right password too
   */
  async signIn(login: string, password: string): Promise<TokenPair> {
    const user = await this.users.findByLogin(login);
    const account = user?.id ?? login.toLowerCase();
    await this.accountLock.attempt(account);
    const matches = await this.passwords.verify(user?.passwordHash, password);
    if (!user || !matches) throw new AppError('invalid_credentials');
    await this.accountLock.succeeded(account);
    refuseClosedAccount(user);
    await this.users.strengthenHash(user, password);
    return this.database.transaction(async () => {
      // Hashing took a while: a password changed or an account closed meanwhile counts.
      const current = await this.users.hold(user.id, user.passwordChangedAt);
      if (!current) throw new AppError('invalid_credentials');
      refuseClosedAccount(current);
      return this.sessions.open(current);
    });
  }
}
