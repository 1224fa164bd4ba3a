// How every process connects to PostgreSQL. Nothing waits for ever: not for a free connection, not for an
// answer of a paused server, not for a lock.

import { types } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { SnakeCaseNaming } from './naming.js';
import { PooledClient } from './pooled-client.js';
import { StatementCounter } from './statement-counter.js';

const INT8 = 20;
// Counters and sequence numbers stay far below 2^53.
types.setTypeParser(INT8, Number);

export const STATEMENT_TIMEOUT_MS = 10_000;

/** What a session may take at most, in milliseconds: settings of PostgreSQL. */
export const SESSION_LIMITS = {
  statement_timeout: STATEMENT_TIMEOUT_MS,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 15_000,
} as const;

/**
 * TypeORM options without entities and migrations, which only the composition root knows.
 * @param poolSize most connections at once
 * @param applicationName shown in pg_stat_activity
 * @param pooled the URL leads to a pooler, which refuses SESSION_LIMITS: the sessions behind it have them from
 *   their role, where the migration puts them
 */
export function connectionOptions(url: string, poolSize: number, applicationName: string, pooled: boolean) {
  return {
    type: 'postgres',
    url,
    applicationName,
    namingStrategy: new SnakeCaseNaming(),
    logger: new StatementCounter(),
    logging: ['query'],
    synchronize: false,
    migrationsRun: false,
    poolSize,
    connectTimeoutMS: 3_000,
    extra: {
      Client: PooledClient,
      ...(pooled ? {} : SESSION_LIMITS),
      query_timeout: STATEMENT_TIMEOUT_MS + 2_000,
      keepAlive: true,
    },
  } as const satisfies Partial<DataSourceOptions> & { type: 'postgres' };
}
