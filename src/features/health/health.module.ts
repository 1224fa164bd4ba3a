import { Module } from '@nestjs/common';
import { PoolMetrics } from '../../infra/metrics/pool-metrics.js';
import { HealthController } from './health.controller.js';
import { JobMetrics } from './job-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { RateLimitController } from './rate-limit.controller.js';
import { ReadinessService } from './readiness.service.js';
import { SystemHealthService } from './system-health.service.js';

@Module({
  controllers: [HealthController, MetricsController, RateLimitController],
  providers: [ReadinessService, SystemHealthService, JobMetrics, PoolMetrics],
})
export class HealthModule {}
