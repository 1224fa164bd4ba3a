// Everything that has to go with an account, found by its decorator, so that a later feature cannot be
// forgotten in a list somewhere else.

import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Database } from '../database/database.js';
import { decoratedMethods } from '../jobs/decorated-methods.js';
import type { ErasedUser, EraseMethod, ErasePhase } from './erased-user.js';
import { ERASES_USER, type ErasesUserMetadata } from './erases-user.decorator.js';

interface Eraser extends ErasesUserMetadata {
  readonly erase: EraseMethod;
}

@Injectable()
export class UserErasers {
  private erasers: readonly Eraser[] | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly database: Database,
  ) {}

  /**
   * Removes everything of `user`, as part of the open transaction.
   * @param removeAccount deletes the row of the user itself, and all that refers to it
   * @returns how many things of each kind were removed
   * @throws Error outside of a transaction
   */
  async erase(user: ErasedUser, removeAccount: () => Promise<void>): Promise<Record<string, number>> {
    if (!this.database.inTransaction) throw new Error('a user is erased in one transaction, or not at all');
    const removed: Record<string, number> = {};
    await this.runPhase('before_account', user, removed);
    await removeAccount();
    await this.runPhase('after_account', user, removed);
    return removed;
  }

  private async runPhase(
    phase: ErasePhase,
    user: ErasedUser,
    removed: Record<string, number>,
  ): Promise<void> {
    for (const eraser of (this.erasers ??= this.collect())) {
      if (eraser.phase === phase) removed[eraser.subject] = await eraser.erase(user);
    }
  }

  private collect(): Eraser[] {
    return decoratedMethods<ErasesUserMetadata>(this.discovery, ERASES_USER).map(({ metadata, call }) => ({
      ...metadata,
      // The decorator has checked the signature.
      erase: call as EraseMethod,
    }));
  }
}
