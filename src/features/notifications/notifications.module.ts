import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { MailsService } from './mails.service.js';
import { NotificationFeedRepository } from './notification-feed.repository.js';
import { NotificationPreferencesController } from './notification-preferences.controller.js';
import { NotificationPreferencesRepository } from './notification-preferences.repository.js';
import { NotificationPreferencesService } from './notification-preferences.service.js';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsService } from './notifications.service.js';
import { NotificationsWorker } from './notifications.worker.js';
import { UnsubscribeController } from './unsubscribe.controller.js';
import { UnsubscribeTokens } from './unsubscribe-tokens.js';

@Module({
  imports: [UsersModule],
  controllers: [NotificationsController, NotificationPreferencesController, UnsubscribeController],
  providers: [
    MailsService,
    NotificationFeedRepository,
    NotificationPreferencesRepository,
    NotificationPreferencesService,
    NotificationsService,
    NotificationsWorker,
    UnsubscribeTokens,
  ],
  exports: [MailsService, NotificationPreferencesService],
})
export class NotificationsModule {}
