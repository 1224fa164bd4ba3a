// Telling a user something in the application. Mail is another channel: enqueue
// the job `mail.<type>` beside it. For example, in the transaction that makes somebody a member of a room:
//   await this.jobs.enqueue('mail.room_invitation', { userId, room, name, invitedBy: 'Ada' }, { ownerId: userId });
//   await this.notifications.create(userId, 'room_invitation', { room, name, invitedBy: { id, username, name } });

import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { userStream } from '../../contracts/events.js';
import type { CausedNotification, NotificationDetails } from '../../contracts/notifications.js';
import { Database } from '../database/database.js';
import { Events } from '../events/events.js';
import { toNotificationData } from './notification-data.js';
import { NOTIFICATION_TEXTS } from './notification-texts.js';
import { NotificationsRepository } from './notifications.repository.js';

@Injectable()
export class Notifications {
  constructor(
    private readonly database: Database,
    private readonly repository: NotificationsRepository,
    private readonly events: Events,
  ) {}

  /**
   * Stores a notification with its `notification.created` event, as part of the open transaction. Does nothing
   * when the user has switched the type off or has gone. Call it last, and for several users in the order of
   * their ids: it locks the user's stream until the commit.
   * @param details what it is about; its words are made from that
   * @throws Error outside of a transaction
   */
  async create<Type extends CausedNotification>(
    userId: string,
    type: Type,
    details: NotificationDetails[Type],
  ): Promise<void> {
    if (!this.database.inTransaction)
      throw new Error(`the notification ${type} needs the transaction of its cause`);
    const text = NOTIFICATION_TEXTS[type](details);
    const stored = await this.repository.insert({ id: uuid(), userId, type, ...text, data: details });
    if (stored)
      await this.events.append(userStream(userId), 'notification.created', toNotificationData(stored));
  }
}
