import { Injectable } from '@nestjs/common';
import { PurgeTask } from '../../infra/jobs/purge-task.decorator.js';
import { removeInBatches } from '../../infra/jobs/remove-in-batches.js';
import { ApiKeyUsageRepository } from './api-key-usage.repository.js';
import { ApiKeysRepository } from './api-keys.repository.js';

const BATCH = 1_000;

/** Removes keys that nobody could use for 90 days, and the usage of days that are not shown any more. */
@Injectable()
export class ApiKeyPurge {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly usage: ApiKeyUsageRepository,
  ) {}

  /** Returns how many keys it removed. */
  @PurgeTask('apiKeys')
  purgeKeys(signal: AbortSignal): Promise<number> {
    return removeInBatches(signal, () => this.keys.deleteOver(BATCH));
  }

  /** Returns how many days of single keys it removed. */
  @PurgeTask('apiKeyUsage')
  purgeUsage(signal: AbortSignal): Promise<number> {
    return removeInBatches(signal, () => this.usage.deleteOld(BATCH));
  }
}
