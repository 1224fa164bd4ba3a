import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { ServiceConfig } from '../config/app-config.js';
import { CONFIG } from '../config/config.token.js';
import { Database } from '../infra/database/database.js';
import { dataSourceOptions } from './data-source.js';

/** The connection pool and the one door to it, for every feature. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [CONFIG],
      useFactory: (config: ServiceConfig) => ({
        ...dataSourceOptions(
          config.database.url,
          config.database.poolSize,
          'milepost',
          config.database.directUrl !== undefined,
        ),
        retryAttempts: 10,
        retryDelay: 1_000,
      }),
    }),
  ],
  providers: [Database],
  exports: [Database],
})
export class DatabaseModule {}
