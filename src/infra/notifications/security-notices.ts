// What a user must hear of at once, by every channel and whatever their preferences.

import { Injectable } from '@nestjs/common';
import type { SecurityNoticeReason } from '../../contracts/jobs.js';
import { Jobs } from '../jobs/jobs.js';
import { Notifications } from './notifications.js';

@Injectable()
export class SecurityNotices {
  constructor(
    private readonly jobs: Jobs,
    private readonly notifications: Notifications,
  ) {}

  /**
   * Mails and notifies the user, as part of the open transaction; call it last.
   * @param email where the mail goes when that is not the user's present address; null for no mail
   */
  async send(userId: string, reason: SecurityNoticeReason, email?: string | null): Promise<void> {
    if (email !== null)
      await this.jobs.enqueue('mail.security_notice', { userId, reason, email }, { ownerId: userId });
    await this.notifications.create(userId, 'security_notice', { reason });
  }
}
