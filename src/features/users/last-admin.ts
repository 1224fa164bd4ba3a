import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { AccountLifeRepository } from './account-life.repository.js';

/** Keeps the last administrator who can sign in, however many requests race to be rid of one. */
@Injectable()
export class LastAdmin {
  constructor(private readonly repository: AccountLifeRepository) {}

  /**
   * Call it first in the transaction that demotes, deactivates or deletes `userId`: it holds all active
   * administrators as they are until the transaction ends.
   * @throws AppError last_admin when nobody else would be left
   */
  async protect(userId: string): Promise<void> {
    const admins = await this.repository.holdActiveAdmins();
    if (admins.length === 1 && admins[0] === userId) throw new AppError('last_admin');
  }
}
