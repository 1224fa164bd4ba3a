// Writing and forgetting notifications; what their owner does with them is in features/notifications.

import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { deleteAged } from '../database/delete-aged.js';
import type { ErasedUser } from '../erasure/erased-user.js';
import { ErasesUser } from '../erasure/erases-user.decorator.js';
import { NotificationEntity } from './notification.entity.js';

/** How long a notification is kept, read or not. */
export const KEPT_DAYS = 90;
const PURGE_BATCH = 5_000;

export type NewNotification = Pick<NotificationEntity, 'id' | 'userId' | 'type' | 'title' | 'body' | 'data'>;

@Injectable()
export class NotificationsRepository {
  constructor(private readonly database: Database) {}

  /** Stores a notification; undefined for a user who has gone, or does not want this type in the application. */
  async insert(notification: NewNotification): Promise<NotificationEntity | undefined> {
    const { id, userId, type, title, body, data } = notification;
    // The key lock makes whoever erases the user wait, so that nothing is written behind their back.
    const [row] = await this.database.query<NotificationEntity>(
      `INSERT INTO notifications (id, user_id, type, title, body, data)
       SELECT $1, id, $3, $4, $5, $6::jsonb FROM users
       WHERE id = $2 AND NOT EXISTS (
         SELECT 1 FROM notification_preferences WHERE user_id = $2 AND type = $3 AND NOT in_app
       )
       FOR KEY SHARE OF users
       RETURNING ${this.database.columns(NotificationEntity)}`,
      [id, userId, type, title, body, JSON.stringify(data)],
    );
    return row;
  }

  /** Removes one batch of what need not be kept, oldest first; returns how many. */
  purgeBatch(): Promise<number> {
    const aged = { table: 'notifications', since: 'created_at', days: KEPT_DAYS, batch: PURGE_BATCH };
    return deleteAged(this.database, aged);
  }

  /** Removes the notifications of a user. */
  @ErasesUser('notifications')
  async erase(user: ErasedUser): Promise<number> {
    const rows = await this.database.query('DELETE FROM notifications WHERE user_id = $1 RETURNING id', [
      user.id,
    ]);
    return rows.length;
  }
}
