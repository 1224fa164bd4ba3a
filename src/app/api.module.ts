import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from '../common/auth/access.guard.js';
import { IdentifyGuard } from '../common/auth/identify.guard.js';
import type { ServiceConfig } from '../config/app-config.js';
import { MailboxModule } from '../features/notifications/mailbox.module.js';
import { FEATURES } from './features.js';
import { infrastructure } from './infrastructure.js';
import { RequestGuard } from './request.guard.js';

/** The API: every feature over HTTP, guarded by default. */
@Module({})
export class ApiModule {
  static with(config: ServiceConfig): DynamicModule {
    return {
      module: ApiModule,
      imports: [...infrastructure(config), ...FEATURES, ...(config.production ? [] : [MailboxModule])],
      providers: [IdentifyGuard, AccessGuard, { provide: APP_GUARD, useClass: RequestGuard }],
    };
  }
}
