// What a password has to be, and how it is kept.

import { Inject, Injectable } from '@nestjs/common';
import { invalidField } from '../../common/errors/app-error.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { isCommonPassword } from './common-passwords.js';
import { PasswordHasher } from './password-hasher.js';

@Injectable()
export class Passwords {
  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Checks a new password and hashes it; slow on purpose, so not inside a transaction.
   * @param field name of the request field, for the error
   * @throws AppError validation_failed, overloaded
   */
  async hashNew(password: string, field: string): Promise<string> {
    const { passwordMinLength } = this.config.auth;
    if ([...password].length < passwordMinLength) {
      throw invalidField(field, `must have at least ${passwordMinLength} characters`);
    }
    if (isCommonPassword(password))
      throw invalidField(field, 'is one of the passwords that are guessed first');
    return this.hasher.hash(password);
  }

  /**
   * Whether `password` fits the hash; without a hash the same work and false.
   * @throws AppError overloaded
   */
  verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    return this.hasher.verify(passwordHash, password);
  }

  /**
   * A stronger hash of a password that was just verified; undefined when the one it has is good enough.
   * @throws AppError overloaded
   */
  async rehash(passwordHash: string, password: string): Promise<string | undefined> {
    return this.hasher.isOutdated(passwordHash) ? this.hasher.hash(password) : undefined;
  }
}
