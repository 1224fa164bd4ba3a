// How each connection to Redis behaves while Redis is away. They differ because their users differ: a
// request must go on without Redis, a worker must wait for it.

import type { RedisOptions } from 'ioredis';

export type ConnectionName = 'cache' | 'queue' | 'worker' | 'subscriber';

/** Delay before the n-th attempt to connect, in ms: a Redis that is back is found within a second. */
function retryStrategy(times: number): number {
  return Math.min(50 * 2 ** Math.min(times, 5), 1_000);
}

const common = {
  retryStrategy,
  connectTimeout: 2_000,
  // ioredis keeps a timer of this length after a disconnect, and with it the process, when Redis is dead.
  disconnectTimeout: 200,
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

/** Those that connect to the queue's Redis when it is another one. */
export const QUEUE_CONNECTIONS: ReadonlySet<ConnectionName> = new Set(['queue', 'worker']);
