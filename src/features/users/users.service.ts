// The rules of user accounts as such; signing in and sessions are the auth feature's.

import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AppError } from '../../common/errors/app-error.js';
import { requireMatch } from '../../common/http/etag.js';
import type { Role, Tier } from '../../contracts/scopes.js';
import { Database } from '../../infra/database/database.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { EmailAddresses } from './email-addresses.js';
import { UserDirectory } from './user-directory.js';
import { OneTimeTokens } from './one-time-tokens.js';
import { Passwords } from './passwords.js';
import type { UserEntity } from './user.entity.js';
import { toUserResponse, type ChangeMeRequest, type RegisterRequest } from './users.dto.js';
import { UsersRepository, type UserWithPassword } from './users.repository.js';

export interface NewAccount extends RegisterRequest {
  readonly role?: Role;
  readonly tier?: Tier;
  readonly emailVerified?: boolean;
}

/** Where mails to a user go. */
export interface Contact {
  readonly email: string | null;
  readonly name: string | null;
}

@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly passwords: Passwords,
    private readonly oneTimeTokens: OneTimeTokens,
    private readonly emailAddresses: EmailAddresses,
    private readonly jobs: Jobs,
    private readonly directory: UserDirectory,
  ) {}

  /**
   * Creates an account, with its mails when it has an address. A taken name is found by the insert, after
   * the password was hashed: so the answer takes the same time whether or not somebody has it.
   * @param alongside more to do in the same transaction
   * @throws AppError email_taken, username_taken, validation_failed (password), overloaded
   */
  async create(account: NewAccount, alongside?: (user: UserEntity) => Promise<void>): Promise<UserEntity> {
    const passwordHash = await this.passwords.hashNew(account.password, 'password');
    const { email = null, username = null, name = null, role = 'user', tier = 'free' } = account;
    const emailVerifiedAt = account.emailVerified && email ? new Date() : null;
    return this.database.transaction(async () => {
      const user = await this.users.insert({
        id: uuidv7(),
        email,
        username,
        name,
        role,
        tier,
        emailVerifiedAt,
        passwordHash,
      });
      if (email) await this.sendFirstMails(user.id, emailVerifiedAt ? null : email);
      await alongside?.(user);
      this.directory.changed();
      return user;
    });
  }

  private async sendFirstMails(userId: string, emailToVerify: string | null): Promise<void> {
    if (emailToVerify !== null) await this.emailAddresses.sendVerification(userId, emailToVerify);
    await this.jobs.enqueue('mail.welcome', { userId }, { ownerId: userId });
  }

  /** @throws AppError user_not_found */
  async get(id: string): Promise<UserEntity> {
    const user = await this.users.find(id);
    if (!user) throw new AppError('user_not_found');
    return user;
  }

  /**
   * Like get(), and nobody else changes the user before the transaction ends.
   * @throws AppError user_not_found
   */
  async getForChange(id: string): Promise<UserEntity> {
    const user = await this.users.findForChange(id);
    if (!user) throw new AppError('user_not_found');
    return user;
  }

  /** Where to reach a user; undefined when the account is gone. */
  async findContact(id: string): Promise<Contact | undefined> {
    const user = await this.users.find(id);
    return user && { email: user.email, name: user.name };
  }

  /** The account that a person signs in to, by e-mail or username in any case. */
  findByLogin(login: string): Promise<UserWithPassword | undefined> {
    return this.users.findByLogin(login);
  }

  /**
   * The user as they are now, unchanged until the transaction ends; undefined when the account is gone or
   * its password has changed since `passwordChangedAt`.
   */
  hold(id: string, passwordChangedAt: Date): Promise<UserEntity | undefined> {
    return this.users.hold(id, passwordChangedAt);
  }

  /**
   * Changes one's own name or username.
   * @param precondition the If-Match header, if there is one
   * @throws AppError user_not_found, stale_version, username_taken
   */
  changeMe(id: string, request: ChangeMeRequest, precondition: string | undefined): Promise<UserEntity> {
    return this.database.transaction(async () => {
      const user = await this.users.findForChange(id);
      if (!user) throw new AppError('user_not_found');
      requireMatch(precondition, toUserResponse(user));
      const { name = user.name, username = user.username } = request;
      this.directory.changed();
      return this.users.updateProfile(id, name, username);
    });
  }

  /**
   * Checks the password of somebody who is signed in, before something that needs it.
   * @throws AppError wrong_password, user_not_found, overloaded
   */
  async confirmPassword(id: string, password: string): Promise<UserEntity> {
    const user = await this.users.findWithPassword(id);
    if (!user) throw new AppError('user_not_found');
    if (!(await this.passwords.verify(user.passwordHash, password))) throw new AppError('wrong_password');
    return user;
  }

  /**
   * Stores a new password in place of the one that was checked.
   * @param checked the user as confirmPassword() returned them
   * @throws AppError wrong_password when it has changed meanwhile
   */
  async replacePassword(checked: UserEntity, passwordHash: string): Promise<void> {
    const replaced = await this.users.updatePassword(checked.id, passwordHash, checked.passwordChangedAt);
    if (!replaced) throw new AppError('wrong_password');
    // Who knows the password now need not have the mail of somebody who did not.
    await this.oneTimeTokens.revoke(checked.id, ['reset_password']);
  }

  /**
   * Hashes a password that was just verified anew, when its hash is weaker than today's.
   * @throws AppError overloaded
   */
  async strengthenHash(user: UserWithPassword, password: string): Promise<void> {
    const stronger = await this.passwords.rehash(user.passwordHash, password);
    if (stronger) await this.users.replaceHash(user.id, user.passwordHash, stronger);
  }
}
