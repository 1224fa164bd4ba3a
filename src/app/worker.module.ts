import { Module, type DynamicModule } from '@nestjs/common';
import type { ServiceConfig } from '../config/app-config.js';
import { WorkerJobsModule } from '../infra/jobs/worker-jobs.module.js';
import { FEATURES } from './features.js';
import { infrastructure } from './infrastructure.js';

/** The worker: every feature without HTTP, and the running of jobs. */
@Module({})
export class WorkerModule {
  static with(config: ServiceConfig): DynamicModule {
    return {
      module: WorkerModule,
      imports: [...infrastructure(config), ...FEATURES, WorkerJobsModule],
    };
  }
}
