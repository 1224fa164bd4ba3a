// Which notifications a user wants, and by which channel.

import { Injectable } from '@nestjs/common';
import { requireMatch } from '../../common/http/etag.js';
import { isSwitchable, SWITCHABLE_NOTIFICATIONS } from '../../contracts/notifications.js';
import { Database } from '../../infra/database/database.js';
import {
  toPreferencesResponse,
  type ChangePreferencesRequest,
  type PreferencesResponse,
} from './notification-preferences.dto.js';
import { NotificationPreferencesRepository } from './notification-preferences.repository.js';
import { UnsubscribeTokens } from './unsubscribe-tokens.js';

@Injectable()
export class NotificationPreferencesService {
  constructor(
    private readonly database: Database,
    private readonly repository: NotificationPreferencesRepository,
    private readonly unsubscribeTokens: UnsubscribeTokens,
  ) {}

  async get(userId: string): Promise<PreferencesResponse> {
    return toPreferencesResponse(await this.repository.list(userId));
  }

  /**
   * Merges `changes` into the preferences.
   * @param precondition the If-Match header, if there is one
   * @throws AppError stale_version
   */
  change(
    userId: string,
    changes: ChangePreferencesRequest,
    precondition: string | undefined,
  ): Promise<PreferencesResponse> {
    return this.database.transaction(async () => {
      await this.repository.lock(userId);
      if (precondition !== undefined) requireMatch(precondition, await this.get(userId));
      for (const type of SWITCHABLE_NOTIFICATIONS) {
        const channels = changes[type];
        if (channels) await this.repository.set(userId, type, channels);
      }
      return this.get(userId);
    });
  }

  /** Whether mails of this type are to be sent to the user; those that nobody can switch off always are. */
  async wantsMail(userId: string, type: string): Promise<boolean> {
    return isSwitchable(type) ? this.repository.wantsMail(userId, type) : true;
  }

  /**
   * Switches the mails off that a link of one of them is for; doing it again changes nothing.
   * @throws AppError one_time_token_invalid when the link was not made by this installation
   */
  async unsubscribe(token: string): Promise<void> {
    const { userId, type } = this.unsubscribeTokens.read(token);
    await this.repository.set(userId, type, { email: false });
  }
}
