// What owners read about their keys. What this process has counted but not written yet is written first, so
// that a use is seen by whoever asks next.

import { Injectable } from '@nestjs/common';
import type { Page } from '../../common/http/pages.js';
import { ApiKeyUsage } from './api-key-usage.js';
import { ApiKeyUsageRepository } from './api-key-usage.repository.js';
import type { ApiKeyResponse, ApiKeyUsageResponse, ListApiKeysRequest } from './api-keys.dto.js';
import { ApiKeysService } from './api-keys.service.js';

@Injectable()
export class ApiKeyReports {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly collected: ApiKeyUsage,
    private readonly written: ApiKeyUsageRepository,
  ) {}

  /** See ApiKeysService.list(). */
  async list(userId: string, request: ListApiKeysRequest): Promise<Page<ApiKeyResponse>> {
    await this.collected.write();
    return this.keys.list(userId, request);
  }

  /** @throws AppError api_key_not_found */
  async get(userId: string, id: string): Promise<ApiKeyResponse> {
    await this.collected.write();
    return this.keys.get(userId, id);
  }

  /**
   * Requests per day, by UTC: 30 days up to today.
   * @throws AppError api_key_not_found
   */
  async usage(userId: string, id: string): Promise<ApiKeyUsageResponse> {
    await this.get(userId, id);
    return { items: await this.written.days(id) };
  }
}
