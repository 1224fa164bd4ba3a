// All SQL about notification preferences.

import { Injectable } from '@nestjs/common';
import type { SwitchableNotification } from '../../contracts/notifications.js';
import { Database } from '../../infra/database/database.js';
import { NotificationPreferenceEntity } from './notification-preference.entity.js';

export type Channels = Pick<NotificationPreferenceEntity, 'inApp' | 'email'>;

@Injectable()
export class NotificationPreferencesRepository {
  constructor(private readonly database: Database) {}

  /** Makes other changes of the same user's preferences wait until the transaction ends. */
  async lock(userId: string): Promise<void> {
    await this.database.query(
      `SELECT pg_advisory_xact_lock(hashtextextended('notification_preferences:' || $1, 0))`,
      [userId],
    );
  }

  /** What a user has set; types that they never touched have no row. */
  list(userId: string): Promise<NotificationPreferenceEntity[]> {
    const columns = this.database.columns(NotificationPreferenceEntity);
    return this.database.query<NotificationPreferenceEntity>(
      `SELECT ${columns} FROM notification_preferences WHERE user_id = $1`,
      [userId],
    );
  }

  /** False only when the user has switched the mails of this type off. */
  async wantsMail(userId: string, type: SwitchableNotification): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT 1 FROM notification_preferences WHERE user_id = $1 AND type = $2 AND NOT email',
      [userId, type],
    );
    return rows.length === 0;
  }

  /** Sets the given channels of one type; the others stay. Does nothing for a user who has gone. */
  async set(userId: string, type: SwitchableNotification, channels: Partial<Channels>): Promise<void> {
    await this.database.query(
      `INSERT INTO notification_preferences (user_id, type, in_app, email)
       SELECT id, $2, COALESCE($3, true), COALESCE($4, true) FROM users WHERE id = $1
       ON CONFLICT (user_id, type) DO UPDATE SET
         in_app = COALESCE($3, notification_preferences.in_app),
         email = COALESCE($4, notification_preferences.email)`,
      [userId, type, channels.inApp ?? null, channels.email ?? null],
    );
  }
}
