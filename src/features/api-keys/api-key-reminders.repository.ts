// Which keys expire soon without their owner having been told.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';

export interface DueReminder {
  apiKeyId: string;
  userId: string;
  name: string;
  prefix: string;
  expiresAt: Date;
  days: number;
}

@Injectable()
export class ApiKeyRemindersRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes up to `limit` due reminders and marks them, in the open transaction, as sent: what two take at the
   * same time is never the same. A key gets one 14 days and one 1 day before it expires, unless it was made
   * to live shorter than that, or is being replaced.
   */
  take(limit: number): Promise<DueReminder[]> {
    return this.database.query<DueReminder>(
      `UPDATE api_keys SET reminded_days = due.days
       FROM (
         SELECT key.id, reminder.days
         FROM api_keys key
         JOIN users owner ON owner.id = key.user_id AND owner.is_active AND owner.deletion_requested_at IS NULL
         CROSS JOIN LATERAL (
           SELECT CASE WHEN key.expires_at <= now() + interval '1 day' THEN 1 ELSE 14 END AS days
         ) AS reminder
         WHERE key.expires_at > now() AND key.expires_at <= now() + interval '14 days'
           AND key.revoked_at IS NULL AND key.rotated_at IS NULL
           AND (key.reminded_days IS NULL OR key.reminded_days > reminder.days)
           AND key.created_at < key.expires_at - make_interval(days => reminder.days)
         ORDER BY key.id LIMIT $1
         FOR NO KEY UPDATE OF key SKIP LOCKED
       ) AS due
       WHERE api_keys.id = due.id
       RETURNING api_keys.id AS "apiKeyId", user_id AS "userId", name, prefix, expires_at AS "expiresAt", due.days`,
      [limit],
    );
  }
}
