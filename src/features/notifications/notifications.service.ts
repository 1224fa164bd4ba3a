// A user's own notifications: what is in the feed, what is read, what is put away.

import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AppError } from '../../common/errors/app-error.js';
import { requireMatch } from '../../common/http/etag.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import type { NotificationData } from '../../contracts/events.js';
import { Database } from '../../infra/database/database.js';
import { toNotificationData } from '../../infra/notifications/notification-data.js';
import { NotificationFeedRepository } from './notification-feed.repository.js';
import type {
  ChangeNotificationRequest,
  ListNotificationsRequest,
  NotificationCount,
} from './notifications.dto.js';

const SORT = '-createdAt';
const position = z.tuple([z.iso.datetime(), z.uuid()]);

@Injectable()
export class NotificationsService {
  constructor(
    private readonly database: Database,
    private readonly feed: NotificationFeedRepository,
  ) {}

  /** The feed, newest first, without what is archived unless that is asked for. */
  async list(userId: string, request: ListNotificationsRequest): Promise<Page<NotificationData>> {
    const { limit, cursor } = request;
    const filter = {
      unread: request.unread === 'true',
      archived: request.archived === 'true',
      limit: limit + 1,
    };
    const rows = await this.feed.list(userId, filter, readCursor(cursor, SORT, position));
    return toPage(rows, limit, SORT, (row) => [row.createdAt.toISOString(), row.id], toNotificationData);
  }

  count(userId: string): Promise<NotificationCount> {
    return this.feed.count(userId);
  }

  /**
   * Marks a notification, or takes marks back; doing it again changes nothing.
   * @param precondition the If-Match header, if there is one
   * @throws AppError notification_not_found, stale_version
   */
  change(
    userId: string,
    id: string,
    { read, archived }: ChangeNotificationRequest,
    precondition: string | undefined,
  ): Promise<NotificationData> {
    return this.database.transaction(async () => {
      if (precondition !== undefined) {
        const current = await this.feed.findForChange(userId, id);
        if (current) requireMatch(precondition, toNotificationData(current));
      }
      const changed = await this.feed.mark(userId, id, read, archived);
      if (!changed) throw new AppError('notification_not_found');
      return toNotificationData(changed);
    });
  }

  /** Marks the whole feed as read, and returns what is left to count. */
  async readAll(userId: string): Promise<NotificationCount> {
    await this.feed.markAllRead(userId);
    return this.feed.count(userId);
  }
}
