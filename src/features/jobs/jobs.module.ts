import { Module } from '@nestjs/common';
import { AdminJobsController } from './admin-jobs.controller.js';
import { JobsController } from './jobs.controller.js';
import { JobsService } from './jobs.service.js';
import { JobsWorker } from './jobs.worker.js';

/** The job routes, and the job that one of them starts. */
@Module({
  controllers: [JobsController, AdminJobsController],
  providers: [JobsService, JobsWorker],
  exports: [JobsService],
})
export class JobsFeatureModule {}
