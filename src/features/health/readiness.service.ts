// Whether this process can serve: asked by load balancers, every second or so.

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { FastExpressAdapter } from '../../common/http/fast-express.adapter.js';
import { Database } from '../../infra/database/database.js';
import { RedisConnections } from '../../infra/redis/redis-connections.js';
import { ObjectStore } from '../../infra/storage/object-store.js';
import type { Readiness } from './health.dto.js';
import { probe, shared } from './probe.js';

const TIMEOUT_MS = 1_500;
const CACHED_MS = 500;
const PROBE_KEY = 'health:probe';

@Injectable()
export class ReadinessService implements OnModuleInit {
  private migrated = false;

  constructor(
    private readonly database: Database,
    private readonly dataSource: DataSource,
    private readonly redis: RedisConnections,
    private readonly store: ObjectStore,
    private readonly http: HttpAdapterHost<FastExpressAdapter>,
  ) {}

  private readonly checkParts = shared(() => this.checkNow(), CACHED_MS);

  /**
   * All checks at once, at most half a second old. Without Redis requests go on (`degraded`); without any of
   * the others they do not (`unavailable`), nor for long when this process is about to end, whatever is up.
   */
  async check(): Promise<Readiness> {
    const readiness = await this.checkParts();
    return this.http.httpAdapter.isDraining ? { ...readiness, status: 'unavailable' } : readiness;
  }

  onModuleInit(): void {
    // Connections are made when first asked for, and a command before that is done would fail.
    void this.redis.cache;
  }

  private async checkNow(): Promise<Readiness> {
    const [database, redis, storage, migrations] = await Promise.all([
      probe(() => this.database.query('SELECT 1'), TIMEOUT_MS),
      probe(() => this.writeToRedis(), TIMEOUT_MS),
      probe(() => this.store.check(), TIMEOUT_MS),
      probe(() => this.isMigrated(), TIMEOUT_MS),
    ]);
    const serving = [database, storage, migrations].every((state) => state === 'up');
    const status = serving ? (redis === 'up' ? 'ok' : 'degraded') : 'unavailable';
    return { status, checks: { database, redis, storage, migrations } };
  }

  /** A full Redis still answers PING, and takes nothing: limits are local then, and jobs wait. */
  private writeToRedis(): Promise<unknown> {
    return this.redis.cache.set(PROBE_KEY, '1', 'PX', TIMEOUT_MS);
  }

  /** Migrations do not go away again, so one good answer is enough. */
  private async isMigrated(): Promise<boolean> {
    if (this.migrated) return true;
    const rows = await this.database.query<{ name: string }>('SELECT name FROM migrations');
    const applied = new Set(rows.map(({ name }) => name));
    this.migrated = this.dataSource.migrations.every((migration) =>
      applied.has(migration.name ?? migration.constructor.name),
    );
    return this.migrated;
  }
}
