import { Module, type DynamicModule } from '@nestjs/common';
import type { ServiceConfig } from '../config/app-config.js';
import { CONFIG } from '../config/config.token.js';

/** Hands the checked settings to everything that injects CONFIG. */
@Module({})
export class ConfigModule {
  static with(config: ServiceConfig): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
