// What every process stands on.

import type { DynamicModule, Type } from '@nestjs/common';
import type { ServiceConfig } from '../config/app-config.js';
import { AccessChangesModule } from '../infra/access-changes/access-changes.module.js';
import { ErasureModule } from '../infra/erasure/erasure.module.js';
import { AuditModule } from '../infra/audit/audit.module.js';
import { CacheModule } from '../infra/cache/cache.module.js';
import { EventsModule } from '../infra/events/events.module.js';
import { IdempotencyModule } from '../infra/idempotency/idempotency.module.js';
import { JobsModule } from '../infra/jobs/jobs.module.js';
import { LoggingModule } from '../infra/logging/logging.module.js';
import { MailModule } from '../infra/mail/mail.module.js';
import { MetricsModule } from '../infra/metrics/metrics.module.js';
import { NotificationsInfraModule } from '../infra/notifications/notifications.module.js';
import { RateLimitModule } from '../infra/rate-limit/rate-limit.module.js';
import { RealtimeModule } from '../infra/realtime/realtime.module.js';
import { SocketsModule } from '../infra/realtime/sockets.module.js';
import { RedisModule } from '../infra/redis/redis.module.js';
import { StorageModule } from '../infra/storage/storage.module.js';
import { ConfigModule } from './config.module.js';
import { DatabaseModule } from './database.module.js';

/** The infrastructure modules of a process with these settings. */
export function infrastructure(config: ServiceConfig): (Type | DynamicModule)[] {
  return [
    ConfigModule.with(config),
    LoggingModule,
    MetricsModule,
    DatabaseModule,
    RedisModule,
    AccessChangesModule,
    ErasureModule,
    AuditModule,
    CacheModule,
    EventsModule,
    IdempotencyModule,
    JobsModule,
    MailModule,
    NotificationsInfraModule,
    RateLimitModule,
    RealtimeModule,
    SocketsModule,
    StorageModule,
  ];
}
