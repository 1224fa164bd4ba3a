// All connections to Redis of this process, by name, made when first asked for.

import type { EventEmitter } from 'node:events';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { parseRedisAddress, type RedisAddress } from '../../config/redis-address.js';
import { QUEUE_CONNECTIONS, type ConnectionName } from './connection-options.js';
import { openListener, openRedis, type RedisClient } from './open-redis.js';

/** How long a connection may take to say goodbye, in ms. */
const QUIT_DEADLINE_MS = 500;

@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnections.name);
  private readonly connections = new Map<Exclude<ConnectionName, 'subscriber'>, RedisClient>();
  private listener: Redis | undefined;
  private readonly address: RedisAddress;
  private readonly queueAddress: RedisAddress;

  constructor(@Inject(CONFIG) { redis }: ServiceConfig) {
    this.address = parseRedisAddress(redis.url);
    this.queueAddress = parseRedisAddress(redis.queueUrl);
  }

  /** For requests. Commands fail within a second, or at once while Redis is known to be away. */
  get cache(): RedisClient {
    return this.connection('cache');
  }

  /** For handing jobs over. Fails fast like `cache`, on the queue's own Redis. */
  get queue(): RedisClient {
    return this.connection('queue');
  }

  /** For BullMQ workers: waits for Redis as long as it takes. */
  get worker(): RedisClient {
    return this.connection('worker');
  }

  /** For subscriptions only: a subscribed connection takes no other command. */
  get subscriber(): Redis {
    this.listener ??= this.watched('subscriber', openListener(this.address));
    return this.listener;
  }

  /** Keeps the pub/sub channels of two installations on one server apart; channels know no databases. */
  get channelPrefix(): string {
    return `${this.address.keyPrefix}milepost:${this.address.database}:`;
  }

  /** What the keys of the queue begin with; those of the cache are prefixed by their connection. */
  get queueKeyPrefix(): string {
    return this.queueAddress.keyPrefix;
  }

  /** Closes all connections, within a deadline even when Redis is away. */
  async onApplicationShutdown(): Promise<void> {
    const open = [...this.connections.values(), ...(this.listener ? [this.listener] : [])];
    await Promise.all(open.map((connection) => close(connection)));
    this.connections.clear();
    this.listener = undefined;
  }

  /** Begins to connect what requests use: the first of them would not wait, and be counted by this process alone. */
  open(): void {
    this.connection('cache');
  }

  private connection(name: Exclude<ConnectionName, 'subscriber'>): RedisClient {
    const existing = this.connections.get(name);
    if (existing) return existing;
    const address = QUEUE_CONNECTIONS.has(name) ? this.queueAddress : this.address;
    const connection = this.watched(name, openRedis(address, name));
    this.connections.set(name, connection);
    return connection;
  }

  /** Says once that Redis went away and once that it is back; an unheard `error` would end the process. */
  private watched<Connection extends EventEmitter>(name: ConnectionName, connection: Connection): Connection {
    let away = false;
    connection.on('error', (error: Error) => {
      if (!away) this.logger.warn({ connection: name, reason: error.message }, 'Redis is away');
      away = true;
    });
    connection.on('ready', () => {
      if (away) this.logger.log({ connection: name }, 'Redis is back');
      away = false;
    });
    return connection;
  }
}

async function close(connection: RedisClient): Promise<void> {
  const deadline = new Promise((resolve) => setTimeout(resolve, QUIT_DEADLINE_MS).unref());
  const quit = connection.status === 'ready' ? connection.quit().catch(() => undefined) : Promise.resolve();
  await Promise.race([quit, deadline]);
  connection.disconnect();
}
