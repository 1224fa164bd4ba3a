import { Global, Module } from '@nestjs/common';
import { NotificationsPurge } from './notifications-purge.js';
import { Notifications } from './notifications.js';
import { NotificationsRepository } from './notifications.repository.js';
import { SecurityNotices } from './security-notices.js';

/** Telling users something, for every feature; the feed they read it in is a feature itself. */
@Global()
@Module({
  providers: [NotificationsRepository, Notifications, NotificationsPurge, SecurityNotices],
  exports: [Notifications, SecurityNotices],
})
export class NotificationsInfraModule {}
