// How many bytes a user may keep, by tier. Files, announced uploads, the tables of datasets and the versions of models
// count, each from the moment it is accepted until it is gone.

import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import type { Tier } from '../../contracts/scopes.js';
import { FileUsageRepository } from './file-usage.repository.js';

const GIB = 1024 ** 3;

/** Bytes that a user of each tier may keep. */
export const FILE_QUOTAS: Readonly<Record<Tier, number>> = {
  free: GIB,
  pro: 50 * GIB,
  enterprise: 1_000 * GIB,
};

@Injectable()
export class FileQuota {
  constructor(private readonly usage: FileUsageRepository) {}

  /**
   * Takes `bytes` of the owner's quota, in the open transaction; exact however many try at once. Call it after
   * inserting what the bytes are for: that row holds the account, which goes before its usage does.
   * @throws AppError quota_exceeded
   */
  async take(ownerId: string, tier: Tier, bytes: number): Promise<void> {
    const quota = FILE_QUOTAS[tier];
    if (await this.usage.add(ownerId, bytes, quota)) return;
    throw new AppError('quota_exceeded', {
      detail: `With these ${bytes} bytes you would keep more than the ${quota} bytes of your tier. Delete files, datasets or models that you do not need.`,
    });
  }

  /**
   * Like take(), for what a job leaves: nobody is there to say the tier.
   * @throws AppError quota_exceeded; user_not_found when the account has gone
   */
  async takeFor(ownerId: string, bytes: number): Promise<void> {
    const tier = await this.usage.tierOf(ownerId);
    if (!tier) throw new AppError('user_not_found');
    await this.take(ownerId, tier, bytes);
  }

  /** Gives `bytes` back to the owner's quota, in the open transaction. */
  async giveBack(ownerId: string, bytes: number): Promise<void> {
    await this.usage.subtract(ownerId, bytes);
  }
}
