import { parseRedisAddress, redisAddressText } from '../../config/redis-address.js';
import { SAFE_EVICTION_POLICY } from '../../infra/redis/eviction-policy.js';
import { openClient, policyOf, serversOf } from '../../infra/redis/open-redis.js';
import { connectionTrouble } from '../reach-database.js';
import { broken, ok, type Finding } from './finding.js';

const TIMEOUT_MS = 3_000;

/**
 * Whether a Redis answers, in a cluster each master, and keeps what it is given when it is full.
 * @param name of the check
 */
export async function examineRedis(name: string, url: string): Promise<Finding> {
  const address = parseRedisAddress(url);
  const redis = openClient(address, {
    lazyConnect: true,
    retryStrategy: () => null,
    sentinelRetryStrategy: () => null,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
  });
  let trouble: unknown;
  redis.on('error', (error: unknown) => (trouble ??= error));
  const where = redisAddressText(address);
  try {
    await redis.connect();
    const servers = serversOf(redis);
    const policies = await Promise.all(servers.map(policyOf));
    const version =
      /^(?:valkey|redis)_version:(\S+)/m.exec((await servers[0]?.info('server')) ?? '')?.[1] ?? '';
    return policyFinding(name, `${version} at ${where}`, policies);
  } catch (error) {
    const detail = `${where} cannot be reached (${connectionTrouble(trouble ?? error)})`;
    return broken(name, detail, 'check REDIS_URL and QUEUE_REDIS_URL, and that the server runs');
  } finally {
    redis.disconnect();
  }
}

function policyFinding(name: string, server: string, policies: readonly (string | undefined)[]): Finding {
  const wrong = policies.find((policy) => policy !== SAFE_EVICTION_POLICY);
  if (wrong === undefined && policies[0] === SAFE_EVICTION_POLICY) {
    return ok(name, `${server}, maxmemory-policy ${SAFE_EVICTION_POLICY}`);
  }
  const detail = `${server} has maxmemory-policy ${wrong ?? 'unknown'}: when it is full it drops jobs and limits`;
  return broken(name, detail, `set \`maxmemory-policy ${SAFE_EVICTION_POLICY}\` in its configuration`);
}
