// How busy the connections to PostgreSQL are.

import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { Metrics } from './metrics.js';

@Injectable()
export class PoolMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly dataSource: DataSource,
  ) {}

  onModuleInit(): void {
    this.metrics.measure(
      'milepost_database_connections',
      'Connections to PostgreSQL by state.',
      ['state'],
      () => {
        const pool = this.pool();
        if (!pool) return [];
        return [
          { labels: { state: 'idle' }, value: pool.idleCount },
          { labels: { state: 'busy' }, value: pool.totalCount - pool.idleCount },
          { labels: { state: 'waited_for' }, value: pool.waitingCount },
        ];
      },
    );
  }

  /** TypeORM keeps its pool in the driver, whose type does not say so. */
  private pool(): Pool | undefined {
    return (this.dataSource.driver as { master?: Pool }).master;
  }
}
