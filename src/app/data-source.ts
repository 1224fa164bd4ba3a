// What the database consists of: the options each process connects with, tables and migrations included.

import { DataSource, type DataSourceOptions } from 'typeorm';
import { connectionOptions } from '../infra/database/connection-options.js';
import { ENTITIES } from './entities.js';
import { MIGRATIONS } from './migrations.js';

/** Options of a data source with all tables and migrations. */
export function dataSourceOptions(url: string, poolSize: number, applicationName: string): DataSourceOptions {
  return {
    ...connectionOptions(url, poolSize, applicationName),
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
  };
}

/** A data source for migrating: nothing in it is cut short by a timeout. */
export function migrationDataSource(url: string): DataSource {
  return new DataSource({
    ...dataSourceOptions(url, 2, 'milepost-migrate'),
    extra: { statement_timeout: 0, lock_timeout: 0 },
  });
}
