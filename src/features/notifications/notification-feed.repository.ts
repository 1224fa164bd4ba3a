// All SQL about what a user does with their notifications. Each statement names the user.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { NotificationEntity } from '../../infra/notifications/notification.entity.js';
import type { NotificationCount } from './notifications.dto.js';

export interface FeedFilter {
  readonly unread: boolean;
  readonly archived: boolean;
  /** Most rows to return. */
  readonly limit: number;
}

@Injectable()
export class NotificationFeedRepository {
  constructor(private readonly database: Database) {}

  /**
   * A user's notifications, newest first.
   * @param after creation time and id of the last one shown so far
   */
  list(
    userId: string,
    filter: FeedFilter,
    after: readonly [string, string] | undefined,
  ): Promise<NotificationEntity[]> {
    const conditions = ['user_id = $1', `archived_at IS ${filter.archived ? 'NOT NULL' : 'NULL'}`];
    if (filter.unread) conditions.push('read_at IS NULL');
    if (after) conditions.push('(created_at, id) < ($3::timestamptz, $4::uuid)');
    return this.database.query<NotificationEntity>(
      `SELECT ${this.columns} FROM notifications
       WHERE ${conditions.join(' AND ')}
       ORDER BY created_at DESC, id DESC LIMIT $2`,
      [userId, filter.limit, ...(after ?? [])],
    );
  }

  async count(userId: string): Promise<NotificationCount> {
    // Two counts, so that each reads the index that holds only its rows.
    const [row] = await this.database.query<NotificationCount>(
      `SELECT
         (SELECT count(*) FROM notifications
          WHERE user_id = $1 AND read_at IS NULL AND archived_at IS NULL) AS unread,
         (SELECT count(*) FROM notifications WHERE user_id = $1 AND archived_at IS NULL) AS total`,
      [userId],
    );
    return row ?? { unread: 0, total: 0 };
  }

  /** The notification, which nobody else changes before the transaction ends. */
  async findForChange(userId: string, id: string): Promise<NotificationEntity | undefined> {
    const [row] = await this.database.query<NotificationEntity>(
      `SELECT ${this.columns} FROM notifications WHERE user_id = $1 AND id = $2 FOR UPDATE`,
      [userId, id],
    );
    return row;
  }

  /** Sets or takes back the marks that are given; one that is set already keeps its time. */
  async mark(
    userId: string,
    id: string,
    read: boolean | undefined,
    archived: boolean | undefined,
  ): Promise<NotificationEntity | undefined> {
    const [row] = await this.database.query<NotificationEntity>(
      `UPDATE notifications SET
         read_at = CASE $3::boolean WHEN true THEN COALESCE(read_at, now()) WHEN false THEN NULL ELSE read_at END,
         archived_at = CASE $4::boolean WHEN true THEN COALESCE(archived_at, now()) WHEN false THEN NULL ELSE archived_at END
       WHERE user_id = $1 AND id = $2
       RETURNING ${this.columns}`,
      [userId, id, read ?? null, archived ?? null],
    );
    return row;
  }

  /** Marks everything in the feed as read. */
  async markAllRead(userId: string): Promise<void> {
    await this.database.query(
      'UPDATE notifications SET read_at = now() WHERE user_id = $1 AND read_at IS NULL AND archived_at IS NULL',
      [userId],
    );
  }

  private get columns(): string {
    return this.database.columns(NotificationEntity);
  }
}
