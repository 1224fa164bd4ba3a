// A notification as clients see it, over HTTP and in events.

import type { NotificationData } from '../../contracts/events.js';
import type { NotificationEntity } from './notification.entity.js';

export function toNotificationData(notification: NotificationEntity): NotificationData {
  return {
    id: notification.id,
    type: notification.type,
    title: notification.title,
    body: notification.body,
    data: notification.data,
    readAt: notification.readAt?.toISOString() ?? null,
    archivedAt: notification.archivedAt?.toISOString() ?? null,
    createdAt: notification.createdAt.toISOString(),
  };
}
