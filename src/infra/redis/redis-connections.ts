// All connections to Redis of this process, by name, made when first asked for.

import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { CONNECTION_OPTIONS, QUEUE_CONNECTIONS, type ConnectionName } from './connection-options.js';
import { CountedRedis } from './counted-redis.js';

/** How long a connection may take to say goodbye, in ms. */
const QUIT_DEADLINE_MS = 500;

@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnections.name);
  private readonly connections = new Map<ConnectionName, Redis>();

  constructor(@Inject(CONFIG) private readonly config: ServiceConfig) {}

  /** For requests. Commands fail within a second, or at once while Redis is known to be away. */
  get cache(): Redis {
    return this.connection('cache');
  }

  /** For handing jobs over. Fails fast like `cache`, on the queue's own Redis. */
  get queue(): Redis {
    return this.connection('queue');
  }

  /** For BullMQ workers: waits for Redis as long as it takes. */
  get worker(): Redis {
    return this.connection('worker');
  }

  /** For subscriptions only: a subscribed connection takes no other command. */
  get subscriber(): Redis {
    return this.connection('subscriber');
  }

  /** Keeps the pub/sub channels of two logical databases of one server apart; channels know no databases. */
  get channelPrefix(): string {
    return `milepost:${this.cache.options.db ?? 0}:`;
  }

  /** Closes all connections, within a deadline even when Redis is away. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.connections.values()].map((connection) => close(connection)));
    this.connections.clear();
  }

  private connection(name: ConnectionName): Redis {
    const existing = this.connections.get(name);
    if (existing) return existing;
    const { url, queueUrl } = this.config.redis;
    const connection = new CountedRedis(
      QUEUE_CONNECTIONS.has(name) ? queueUrl : url,
      CONNECTION_OPTIONS[name],
    );
    this.logChanges(name, connection);
    this.connections.set(name, connection);
    return connection;
  }

  /** Says once that Redis went away and once that it is back; an unheard `error` would end the process. */
  private logChanges(name: ConnectionName, connection: Redis): void {
    let away = false;
    connection.on('error', (error: Error) => {
      if (!away) this.logger.warn({ connection: name, reason: error.message }, 'Redis is away');
      away = true;
    });
    connection.on('ready', () => {
      if (away) this.logger.log({ connection: name }, 'Redis is back');
      away = false;
    });
  }
}

async function close(connection: Redis): Promise<void> {
  const deadline = new Promise((resolve) => setTimeout(resolve, QUIT_DEADLINE_MS).unref());
  const quit = connection.status === 'ready' ? connection.quit().catch(() => undefined) : Promise.resolve();
  await Promise.race([quit, deadline]);
  connection.disconnect();
}
