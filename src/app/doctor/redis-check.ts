import { Redis } from 'ioredis';
import { SAFE_EVICTION_POLICY } from '../../infra/redis/eviction-policy.js';
import { connectionTrouble } from '../reach-database.js';
import { broken, ok, type Finding } from './finding.js';

const TIMEOUT_MS = 3_000;

/**
 * Whether a Redis answers, and keeps what it is given when it is full.
 * @param name of the check
 */
export async function examineRedis(name: string, url: string): Promise<Finding> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
  });
  let trouble: unknown;
  redis.on('error', (error: unknown) => (trouble ??= error));
  const { host } = new URL(url);
  try {
    await redis.connect();
    const [server, memory] = [await redis.info('server'), await redis.info('memory')];
    const version = /^(?:valkey|redis)_version:(\S+)/m.exec(server)?.[1] ?? '';
    return policyFinding(name, `${version} at ${host}`, /^maxmemory_policy:(\S+)/m.exec(memory)?.[1]);
  } catch (error) {
    const detail = `${host} cannot be reached (${connectionTrouble(trouble ?? error)})`;
    return broken(name, detail, 'check REDIS_URL and QUEUE_REDIS_URL, and that the server runs');
  } finally {
    redis.disconnect();
  }
}

function policyFinding(name: string, server: string, policy: string | undefined): Finding {
  if (policy === SAFE_EVICTION_POLICY) return ok(name, `${server}, maxmemory-policy ${policy}`);
  const detail = `${server} has maxmemory-policy ${policy ?? 'unknown'}: when it is full it drops jobs and limits`;
  return broken(name, detail, `set \`maxmemory-policy ${SAFE_EVICTION_POLICY}\` in its configuration`);
}
