import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { MailsService } from './mails.service.js';
import { NotificationsWorker } from './notifications.worker.js';

@Module({
  imports: [UsersModule],
  providers: [MailsService, NotificationsWorker],
  exports: [MailsService],
})
export class NotificationsModule {}
