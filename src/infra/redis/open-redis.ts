// Makes clients of Redis, whether it is one server, a cluster, or a master that sentinels name.

import { Cluster, type Redis, type RedisOptions } from 'ioredis';
import type { RedisAddress } from '../../config/redis-address.js';
import { clusterOptions, CONNECTION_OPTIONS, type ConnectionName } from './connection-options.js';
import { CountedCluster } from './counted-cluster.js';
import { CountedRedis } from './counted-redis.js';
import { connectorOf } from './next-node-connector.js';

/** Takes the same commands either way. In a cluster all keys of one command must be in one slot. */
export type RedisClient = Redis | Cluster;

/** A client that puts the prefix of `address` before all keys, but for BullMQ, which names its own. */
export function openRedis(address: RedisAddress, name: Exclude<ConnectionName, 'subscriber'>): RedisClient {
  const options = { ...CONNECTION_OPTIONS[name], ...(name === 'cache' && { keyPrefix: address.keyPrefix }) };
  return openClient(address, options);
}

/** A client with options of its own. */
export function openClient(address: RedisAddress, options: RedisOptions): RedisClient {
  if (address.kind !== 'cluster') return openServer(address, options);
  const { keyPrefix = '', ...ofNodes } = options;
  return new CountedCluster([...address.nodes], {
    ...clusterOptions({ ...ofNodes, ...accessOf(address) }),
    lazyConnect: options.lazyConnect ?? false,
    keyPrefix,
    // Certificates name hosts: nodes are called by the names that the cluster gives them.
    ...(address.tls && { dnsLookup: (host, found) => found(null, host) }),
  });
}

/** A client for subscriptions. In a cluster a message reaches all nodes, so it listens to any one of them. */
export function openListener(address: RedisAddress): Redis {
  const options = CONNECTION_OPTIONS.subscriber;
  if (address.kind !== 'cluster') return openServer(address, options);
  const Connector = connectorOf(address.nodes, address.tls);
  return new CountedRedis({ ...options, ...accessOf(address), Connector });
}

/** Connections to every server that holds keys. */
export function serversOf(client: RedisClient): Redis[] {
  return client instanceof Cluster ? client.nodes('master') : [client];
}

/** What a server does when its memory is full, such as `noeviction`. */
export async function policyOf(server: Redis): Promise<string | undefined> {
  return /^maxmemory_policy:(\S+)/m.exec(await server.info('memory'))?.[1];
}

function openServer(address: Exclude<RedisAddress, { kind: 'cluster' }>, options: RedisOptions): Redis {
  if (address.kind === 'server') return new CountedRedis(address.url, options);
  return new CountedRedis({
    ...options,
    ...accessOf(address),
    sentinels: [...address.sentinels],
    name: address.master,
    db: address.database,
    ...(address.sentinelPassword !== undefined && { sentinelPassword: address.sentinelPassword }),
    ...(address.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  });
}

function accessOf({ username, password, tls }: RedisAddress): RedisOptions {
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
  };
}
