// What all processes know of a model without asking the database: its head in Redis, which says whose it is, who
// may ask it and where its aliases point. PostgreSQL is the truth. A head carries the revision it was read at,
// a change leaves a mark with the new one, and nothing older than what stands there is ever put in its place.

import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { Database } from '../../infra/database/database.js';
import { RedisConnections } from '../../infra/redis/redis-connections.js';
import { RedisScript } from '../../infra/redis/redis-script.js';

/** How long a head counts without another look at the database, in milliseconds. */
export const HEAD_LIFETIME_MS = 10_000;
/** Longer than a head, so that one read before the change finds the mark and gives way. */
const MARK_LIFETIME_MS = 3 * HEAD_LIFETIME_MS;
const RETRY_EVERY_MS = 250;

/** KEYS head; ARGV revision, lifetime. An empty `owner` makes it a mark: ask the database. */
const MARK = new RedisScript(`
local known = tonumber(redis.call('HGET', KEYS[1], 'revision') or '0')
if known > tonumber(ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'revision', ARGV[1], 'owner', '')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`);

/** What is known of models is spread over so many slots of a cluster. */
const PARTS = 8;

/** The braces of all parts, see partOf(). */
export const MODEL_PARTS = Array.from({ length: PARTS }, (_, part) => `{model-${part}}`);

/** Stands in all keys that scripts use together with the head of a model: it keeps them in one slot of a cluster. */
export function partOf(modelId: string): string {
  return MODEL_PARTS[Number.parseInt(modelId.slice(-1), 16) % PARTS] ?? '{model-0}';
}

/** Key of a model's head: a hash of `revision`, `owner`, `visibility` and `alias:<name>`. */
export function headKey(modelId: string): string {
  return `model-head:${partOf(modelId)}:${modelId}`;
}

@Injectable()
export class ModelHeads implements OnModuleDestroy {
  private readonly logger = new Logger(ModelHeads.name);
  /** Changes that Redis has not heard of, by model. This process asks the database about those. */
  private readonly untold = new Map<string, number>();
  private stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig,
    private readonly connections: RedisConnections,
    private readonly database: Database,
  ) {}

  /**
   * Lets everything cached about a model be forgotten, as soon as the open transaction has committed: at once,
   * and by every process. While Redis is away it is told again and again, for as long as heads live.
   * @param revision the model's, after the change
   */
  changed(modelId: string, revision: number): void {
    if (!this.config.cacheEnabled) return;
    this.database.afterCommit(async () => {
      if (await this.tell(modelId, revision)) return;
      this.untold.set(modelId, revision);
      void this.tellLater(modelId, revision);
    });
  }

  /** False when this process knows of a change that heads do not show yet. */
  isTrusted(modelId: string): boolean {
    return !this.untold.has(modelId);
  }

  onModuleDestroy(): void {
    this.stopped = true;
  }

  private async tell(modelId: string, revision: number): Promise<boolean> {
    try {
      await MARK.run(this.connections.cache, [headKey(modelId)], [revision, MARK_LIFETIME_MS]);
      return true;
    } catch (error) {
      this.logger.debug({ modelId, reason: String(error) }, 'a change of a model was not told');
      return false;
    }
  }

  private async tellLater(modelId: string, revision: number): Promise<void> {
    const deadline = performance.now() + MARK_LIFETIME_MS;
    while (!this.stopped && performance.now() < deadline) {
      await delay(RETRY_EVERY_MS, undefined, { ref: false });
      if (this.stopped || (await this.tell(modelId, revision))) break;
    }
    if (this.untold.get(modelId) === revision) this.untold.delete(modelId);
  }
}
