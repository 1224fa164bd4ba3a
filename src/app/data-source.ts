// What the database consists of: the options each process connects with, tables and migrations included.

import { DataSource, type DataSourceOptions } from 'typeorm';
import { connectionOptions } from '../infra/database/connection-options.js';
import { ENTITIES } from './entities.js';
import { MIGRATIONS } from './migrations.js';

/** Options of a data source with all tables and migrations; the parameters are those of connectionOptions(). */
export function dataSourceOptions(
  url: string,
  poolSize: number,
  applicationName: string,
  pooled = false,
): DataSourceOptions {
  return {
    ...connectionOptions(url, poolSize, applicationName, pooled),
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
  };
}

/** A data source for migrating: nothing in it is cut short by a timeout. */
export function migrationDataSource(url: string, migrations = MIGRATIONS): DataSource {
  return new DataSource({
    ...dataSourceOptions(url, 2, 'milepost-migrate'),
    migrations,
    // Said, not left out: the role may have limits of its own.
    extra: { options: '-c statement_timeout=0 -c lock_timeout=0' },
  });
}
