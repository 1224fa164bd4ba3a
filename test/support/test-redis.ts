// A corner of the Redis of the tests for each test file: a logical database, or in a cluster, which has only one, a
// prefix of its own.

import type { Redis } from 'ioredis';
import { parseRedisAddress } from '../../src/config/redis-address.js';
import { openClient, serversOf, type RedisClient } from '../../src/infra/redis/open-redis.js';

/** The servers of the tests have 128; the last ones belong to tests that start processes of their own. */
const SHARED_DATABASES = 119;
/** What a Redis has that is not told otherwise. */
const USUAL_DATABASES = 16;

/** How the run's global set-up serves Redis. */
export function redisKind(): 'server' | 'cluster' | 'sentinel' {
  return parseRedisAddress(serverUrl()).kind;
}

/** URL of a corner that no other running test file uses, empty. */
export async function freshRedis(): Promise<string> {
  const kind = redisKind();
  const server = openRedis(serverUrl());
  const turn = await server.incr('test-files-started').finally(() => server.disconnect());
  const databases = kind === 'server' ? SHARED_DATABASES : USUAL_DATABASES - 1;
  const corner = kind === 'cluster' ? `?prefix=test-${turn}:` : `/${1 + (turn % databases)}`;
  const url = `${serverUrl().replace(/\/\d*$/, '')}${corner}`;
  const redis = openRedis(url);
  await emptyRedis(redis).finally(() => redis.disconnect());
  return url;
}

/** A client for looking behind the application; in a cluster, and only there, its keys get the prefix of the URL. */
export function openRedis(url: string): RedisClient {
  const address = parseRedisAddress(url);
  const redis = openClient(address, { keyPrefix: address.keyPrefix, maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  return redis;
}

/** Removes all that is in the corner of `redis`, as openRedis() gave it. */
export async function emptyRedis(redis: RedisClient): Promise<void> {
  const { keyPrefix = '' } = redis.options;
  if (keyPrefix === '') await redis.flushdb();
  else await Promise.all(serversOf(redis).map((server) => removeKeys(server, keyPrefix)));
}

async function removeKeys(server: Redis, prefix: string): Promise<void> {
  // The queues' keys have the prefix behind a brace.
  for await (const keys of server.scanStream({ match: `*${prefix}*`, count: 1_000 })) {
    await Promise.all((keys as string[]).map((key) => server.del(key)));
  }
}

function serverUrl(): string {
  const url = process.env['TEST_REDIS_URL'];
  if (!url) throw new Error('TEST_REDIS_URL is not set: run the tests through the api project');
  return url;
}
