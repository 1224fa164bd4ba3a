import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HeldJobsRepository } from './held-jobs.repository.js';
import { JobAnnouncer } from './job-announcer.js';
import { JobFollowers } from './job-followers.js';
import { JobQueues } from './job-queues.js';
import { JobsStatistics } from './jobs-statistics.js';
import { JobsRepository } from './jobs.repository.js';
import { Jobs } from './jobs.js';
import { RelayBell } from './relay-bell.js';

/** Accepting and looking at jobs: what every process can do. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    Jobs,
    JobsRepository,
    HeldJobsRepository,
    JobAnnouncer,
    JobFollowers,
    RelayBell,
    JobsStatistics,
    JobQueues,
  ],
  exports: [Jobs, JobsRepository, JobAnnouncer, JobsStatistics, JobQueues],
})
export class JobsModule {}
