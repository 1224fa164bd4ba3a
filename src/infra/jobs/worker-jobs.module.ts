import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { HeldLeases } from './held-leases.js';
import { JobConsumers } from './job-consumers.js';
import { JobHandlers } from './job-handlers.js';
import { JobRelay } from './job-relay.js';
import { JobRunner } from './job-runner.js';
import { JobScheduler } from './job-scheduler.js';
import { JobSettlement } from './job-settlement.js';
import { JOB_TIMINGS, jobTimings } from './job-timings.js';
import { JobsModule } from './jobs.module.js';
import { JobsPurge } from './jobs-purge.js';
import { LeaseRepository } from './lease.repository.js';
import { PurgeTasks } from './purge-tasks.js';
import { PurgeWorker } from './purge.worker.js';
import { RelayBellListener } from './relay-bell-listener.js';
import { RelayRepository } from './relay.repository.js';
import { WorkerHeartbeat } from './worker-heartbeat.js';
import { WorkerLifecycle } from './worker-lifecycle.js';

/** Running jobs: what makes a process a worker. It starts with the application and ends with it. */
@Module({
  imports: [DiscoveryModule, JobsModule],
  providers: [
    {
      provide: JOB_TIMINGS,
      useFactory: (config: ServiceConfig) => jobTimings(config.jobs),
      inject: [CONFIG],
    },
    HeldLeases,
    JobConsumers,
    JobHandlers,
    JobRelay,
    JobRunner,
    JobScheduler,
    JobSettlement,
    JobsPurge,
    LeaseRepository,
    PurgeTasks,
    PurgeWorker,
    RelayBellListener,
    RelayRepository,
    WorkerHeartbeat,
    WorkerLifecycle,
  ],
})
export class WorkerJobsModule {}
