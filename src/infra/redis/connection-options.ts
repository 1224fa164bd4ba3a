// How each connection to Redis behaves while Redis is away. They differ because their users differ: a
// request must go on without Redis, a worker must wait for it.

import type { ClusterOptions, RedisOptions } from 'ioredis';

export type ConnectionName = 'cache' | 'queue' | 'worker' | 'subscriber';

/** Delay before the n-th attempt to connect, in ms: a Redis that is back is found within a second. */
function retryStrategy(times: number): number {
  return Math.min(50 * 2 ** Math.min(times, 5), 1_000);
}

/** ioredis keeps a timer of this length after a disconnect, and with it the process, when Redis is dead. */
export const DISCONNECT_MS = 200;

const common = {
  retryStrategy,
  connectTimeout: 2_000,
  disconnectTimeout: DISCONNECT_MS,
  // A master that has become a replica takes no writes: look for the new one. The command was not executed.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
  sentinelRetryStrategy: retryStrategy,
  sentinelCommandTimeout: 2_000,
  // Sentinels tell of a new master, so a connection to one that is cut off does not have to find out by itself.
  failoverDetector: true,
  // Finds a peer that went away without a FIN while no command is under way.
  keepAlive: 5_000,
} satisfies RedisOptions;

const failFast = {
  ...common,
  // A command is refused at once while there is no connection, instead of waiting for one.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  // A command that was under way when the connection broke may have been executed: never send it again.
  autoResendUnfulfilledCommands: false,
} satisfies RedisOptions;

const patient = {
  ...common,
  // BullMQ insists: its blocking reads are resumed after a reconnect, however long that takes.
  maxRetriesPerRequest: null,
} satisfies RedisOptions;

export const CONNECTION_OPTIONS: Readonly<Record<ConnectionName, RedisOptions>> = {
  /** Requests: cache, limits, messages. */
  cache: { ...failFast, commandTimeout: 1_000 },
  /** The relay, which hands jobs over; a batch of 100 is a longer command. */
  queue: { ...failFast, commandTimeout: 2_000 },
  /** BullMQ's workers. Their reads block 5 s at most, so 10 s without an answer mean a dead or paused server. */
  worker: { ...patient, commandTimeout: 10_000 },
  /** Messages from other processes; subscriptions are renewed after each reconnect. */
  subscriber: { ...patient, autoResubscribe: true },
};

/**
 * The same for a cluster: each node gets a connection with these options, made when first needed and given up when
 * it breaks; whom to ask then is known from the other nodes.
 */
export function clusterOptions(options: RedisOptions): ClusterOptions {
  const failsFast = options.enableOfflineQueue === false;
  return {
    clusterRetryStrategy: retryStrategy,
    enableOfflineQueue: !failsFast,
    slotsRefreshTimeout: 2_000,
    redisOptions: options,
    // A command that was under way when the node died may have been executed: never send it again.
    ...(failsFast && { maxRedirections: 4, retryDelayOnFailover: 0, retryDelayOnClusterDown: 0 }),
  };
}

/** Those that connect to the queue's Redis when it is another one. */
export const QUEUE_CONNECTIONS: ReadonlySet<ConnectionName> = new Set(['queue', 'worker']);
