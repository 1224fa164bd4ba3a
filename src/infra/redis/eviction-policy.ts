// A Redis that evicts keys when it is full loses jobs on the way and forgets limits. Said at start, and
// readable for metrics and `doctor`.

import type { EventEmitter } from 'node:events';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { policyOf, serversOf } from './open-redis.js';
import { RedisConnections } from './redis-connections.js';

export const SAFE_EVICTION_POLICY = 'noeviction';

@Injectable()
export class EvictionPolicy implements OnApplicationBootstrap {
  private readonly logger = new Logger(EvictionPolicy.name);
  private lastRead: string | undefined;

  constructor(private readonly connections: RedisConnections) {}

  /** The policy last read, such as `noeviction`; undefined while Redis has not answered yet. */
  get current(): string | undefined {
    return this.lastRead;
  }

  onApplicationBootstrap(): void {
    const queue: EventEmitter & { readonly status: string } = this.connections.queue;
    const check = (): void => void this.read().catch(() => undefined);
    // Each reconnect may reach another server, or one with other settings.
    queue.on('ready', check);
    if (queue.status === 'ready') check();
  }

  /**
   * Asks Redis for its policy, in a cluster each master, and warns when it is not `noeviction`.
   * @throws Error when Redis is away
   */
  async read(): Promise<string | undefined> {
    const policies = await Promise.all(serversOf(this.connections.queue).map(policyOf));
    const policy = policies.find((found) => found !== SAFE_EVICTION_POLICY) ?? policies[0];
    if (policy !== undefined && policy !== SAFE_EVICTION_POLICY && policy !== this.lastRead) {
      this.logger.warn(
        { policy },
        `Redis evicts keys when it is full: set maxmemory-policy ${SAFE_EVICTION_POLICY}`,
      );
    }
    this.lastRead = policy;
    return policy;
  }
}
