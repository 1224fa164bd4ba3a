// Answers that many ask for, kept in Redis for less than a second. Every key holds a stamp of its namespace,
// and a change replaces the stamp: all older entries are out of reach at once, without looking for them. The
// short life is the promise ("at most a second behind"), which holds also when Redis misses a new stamp or a
// process dies before it can send one.

import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { Database } from '../database/database.js';
import { Metrics } from '../metrics/metrics.js';
import { RedisConnections } from '../redis/redis-connections.js';
import { RedisScript } from '../redis/redis-script.js';

/** Counted from before the database was asked, so that nothing is shown that was older than this. */
const LIFETIME_MS = 900;
/** Nobody wrote yet, or Redis has lost everything. */
const NO_STAMP = 'none';

/** The stamp of a namespace, and the entry under it: KEYS stamp; ARGV end of the entry's key. */
const LOOK_UP = new RedisScript(`
local stamp = redis.call('GET', KEYS[1]) or '${NO_STAMP}'
return { stamp, redis.call('GET', KEYS[1] .. ':' .. stamp .. ':' .. ARGV[1]) }`);

export interface CacheAnswer<Value> {
  readonly value: Value;
  readonly hit: boolean;
}

@Injectable()
export class Cache {
  private readonly logger = new Logger(Cache.name);
  /** What this process is just reading from the database, by the full key of the entry. */
  private readonly underWay = new Map<string, Promise<unknown>>();

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig,
    private readonly connections: RedisConnections,
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  /**
   * The value of `key`, from the cache or else from `load`: one Redis round trip for a hit. Equal misses of
   * this process at one time load once. Errors are not kept.
   * @param namespace what changed() names; holds no colon and no brace
   * @param load gives plain JSON
   */
  async read<Value>(namespace: string, key: string, load: () => Promise<Value>): Promise<CacheAnswer<Value>> {
    const answer = await this.answer(namespace, key, load);
    this.metrics.cacheLookedUp(namespace, answer.hit ? 'hit' : 'miss');
    return answer;
  }

  /**
   * Puts everything cached of `namespace` out of reach, as soon as the open transaction has committed. Waits
   * for Redis as long as one of its commands may take.
   */
  changed(namespace: string): void {
    if (!this.config.cacheEnabled) return;
    this.database.afterCommit(async () => {
      // Random, not counted on: after a loss of Redis a counter would come by its old values again.
      await this.connections.cache.set(stampKey(namespace), randomUUID()).catch((error: unknown) => {
        this.logger.debug({ namespace, reason: String(error) }, 'cached answers live out their second');
      });
    });
  }

  private async answer<Value>(
    namespace: string,
    key: string,
    load: () => Promise<Value>,
  ): Promise<CacheAnswer<Value>> {
    const found = this.config.cacheEnabled ? await this.lookUp(namespace, key) : undefined;
    if (!found) return { value: await load(), hit: false };
    if (found.text !== null) return { value: JSON.parse(found.text) as Value, hit: true };
    const other = this.underWay.get(found.entryKey) as Promise<Value> | undefined;
    return { value: await (other ?? this.load(found.entryKey, load)), hit: false };
  }

  /** Undefined while Redis is away. */
  private async lookUp(namespace: string, key: string) {
    const stampedBy = stampKey(namespace);
    try {
      const found = await LOOK_UP.run(this.connections.cache, [stampedBy], [key]);
      const [stamp, text] = found as [string, string | null];
      return { entryKey: `${stampedBy}:${stamp}:${key}`, text };
    } catch {
      return undefined;
    }
  }

  /**
   * Reads the database after the stamp was read. If a change commits in between, the old value goes under the
   * old stamp, where nobody looks any more.
   */
  private async load<Value>(entryKey: string, load: () => Promise<Value>): Promise<Value> {
    const startedAt = performance.now();
    const loading = load();
    this.underWay.set(entryKey, loading);
    try {
      const value = await loading;
      const left = Math.floor(LIFETIME_MS - (performance.now() - startedAt));
      if (left > 0) this.store(entryKey, JSON.stringify(value), left);
      return value;
    } finally {
      this.underWay.delete(entryKey);
    }
  }

  /** Does not wait: the caller has its answer. */
  private store(entryKey: string, text: string, milliseconds: number): void {
    this.connections.cache.set(entryKey, text, 'PX', milliseconds).catch(() => undefined);
  }
}

/** Entries begin with it: in a cluster the braces keep all of a namespace in one slot. */
function stampKey(namespace: string): string {
  return `cache:{${namespace}}`;
}
