import { Module, type DynamicModule } from '@nestjs/common';
import type { ServiceConfig } from '../config/app-config.js';
import { AdminModule } from '../features/admin/admin.module.js';
import { ApiKeysModule } from '../features/api-keys/api-keys.module.js';
import { JobsFeatureModule } from '../features/jobs/jobs.module.js';
import { UsersModule } from '../features/users/users.module.js';
import { CliOperations } from './cli-operations.js';
import { FEATURES } from './features.js';
import { infrastructure } from './infrastructure.js';

/** What commands work with: every feature, without HTTP and without the running of jobs. */
@Module({
  imports: [AdminModule, ApiKeysModule, JobsFeatureModule, UsersModule],
  providers: [CliOperations],
})
export class CliServicesModule {
  static with(config: ServiceConfig): DynamicModule {
    return { module: CliServicesModule, imports: [...infrastructure(config), ...FEATURES] };
  }
}
