// Asks about a key in the X-API-Key header, the way the access token's strategy does about a token. What a key
// is worth, the api-keys feature knows.

import { Injectable } from '@nestjs/common';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { ApiKeyCredentials } from '../api-keys/api-key-credentials.js';
import { askStrategy } from './passport-adapter.js';

const HEADER = 'x-api-key';

@Injectable()
export class ApiKeyStrategy {
  private readonly strategy: HeaderAPIKeyStrategy;

  constructor(credentials: ApiKeyCredentials) {
    this.strategy = new HeaderAPIKeyStrategy({ header: HEADER, prefix: '' }, false, (key, done) => {
      credentials.verify(key).then(
        (principal) => done(null, principal),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    });
  }

  /**
   * @throws AppError api_key_invalid, api_key_expired, api_key_revoked, credential_account_inactive,
   *   service_unavailable
   */
  async verify(key: string): Promise<Principal> {
    const presented = { headers: { [HEADER]: key } };
    return askStrategy<Principal>(this.strategy, presented, () => new AppError('api_key_invalid'));
  }
}
