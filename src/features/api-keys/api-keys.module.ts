import { Module } from '@nestjs/common';
import { AccessChangesModule } from '../../infra/access-changes/access-changes.module.js';
import { UsersModule } from '../users/users.module.js';
import { ApiKeyCredentials } from './api-key-credentials.js';
import { ApiKeyPurge } from './api-key-purge.js';
import { ApiKeyRemindersRepository } from './api-key-reminders.repository.js';
import { ApiKeyReports } from './api-key-reports.js';
import { ApiKeyUsage } from './api-key-usage.js';
import { ApiKeyUsageRepository } from './api-key-usage.repository.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeysWorker } from './api-keys.worker.js';

@Module({
  imports: [AccessChangesModule, UsersModule],
  controllers: [ApiKeysController],
  providers: [
    ApiKeyCredentials,
    ApiKeyPurge,
    ApiKeyRemindersRepository,
    ApiKeyReports,
    ApiKeysRepository,
    ApiKeysService,
    ApiKeysWorker,
    ApiKeyUsage,
    ApiKeyUsageRepository,
  ],
  exports: [ApiKeysService, ApiKeyCredentials],
})
export class ApiKeysModule {}
