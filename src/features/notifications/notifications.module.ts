import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { MailsService } from './mails.service.js';
import { NotificationPreferencesController } from './notification-preferences.controller.js';
import { NotificationPreferencesRepository } from './notification-preferences.repository.js';
import { NotificationPreferencesService } from './notification-preferences.service.js';
import { NotificationsWorker } from './notifications.worker.js';
import { UnsubscribeController } from './unsubscribe.controller.js';
import { UnsubscribeTokens } from './unsubscribe-tokens.js';

@Module({
  imports: [UsersModule],
  controllers: [NotificationPreferencesController, UnsubscribeController],
  providers: [
    MailsService,
    NotificationPreferencesRepository,
    NotificationPreferencesService,
    NotificationsWorker,
    UnsubscribeTokens,
  ],
  exports: [MailsService, NotificationPreferencesService],
})
export class NotificationsModule {}
