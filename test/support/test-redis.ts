// An empty logical Redis database for each test file.

import { Redis } from 'ioredis';

/** The servers of the tests have 128; the last ones belong to tests that start processes of their own. */
const SHARED_DATABASES = 119;

/** URL of a logical database that no other running test file uses, flushed. */
export async function freshRedis(): Promise<string> {
  const server = process.env['TEST_REDIS_URL'];
  if (!server) throw new Error('TEST_REDIS_URL is not set: run the tests through the api project');
  const redis = new Redis(server);
  try {
    const turn = await redis.incr('test-files-started');
    const url = new URL(server);
    url.pathname = `/${1 + (turn % SHARED_DATABASES)}`;
    await redis.select(1 + (turn % SHARED_DATABASES));
    await redis.flushdb();
    return url.toString();
  } finally {
    redis.disconnect();
  }
}
