// Slows down guessing the password of one account, from however many addresses. Each attempt is counted
// before the password is looked at, so that attempts at once cannot outrun the count; the right password
// wipes the count. After the limit each further failure doubles the wait, up to 15 minutes: never for good.

import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { RedisConnections } from '../redis/redis-connections.js';
import { RedisScript } from '../redis/redis-script.js';
import { FIRST_DELAY_MS, LOCK_MEMORY_MS, LOCK_WINDOW_MS, LONGEST_DELAY_MS } from './account-lock-rules.js';
import { LocalAccountLocks } from './local-account-locks.js';

/** Answers with the milliseconds to wait, or 0 and counts the attempt. */
const ATTEMPT = new RedisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local key, times = KEYS[1], KEYS[2]
local limit, window, first, longest, memory =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local stored = redis.call('HMGET', key, 'until', 'level')
local lockedUntil, level = tonumber(stored[1] or 0), tonumber(stored[2] or 0)
if now < lockedUntil then return lockedUntil - now end
local oldest = tonumber(redis.call('LINDEX', times, -1) or nil)
while oldest and oldest <= now - window do
  redis.call('RPOP', times)
  oldest = tonumber(redis.call('LINDEX', times, -1) or nil)
end
redis.call('LPUSH', times, string.format('%.0f', now))
redis.call('PEXPIRE', times, window)
if level > 0 or redis.call('LLEN', times) >= limit then
  local delay = math.min(first * 2 ^ level, longest)
  redis.call('HSET', key, 'until', string.format('%.0f', now + delay), 'level', level + 1)
  redis.call('PEXPIRE', key, memory)
end
return 0
`);

@Injectable()
export class AccountLock {
  private readonly local: LocalAccountLocks;

  constructor(
    private readonly connections: RedisConnections,
    @Inject(CONFIG) private readonly config: ServiceConfig,
  ) {
    // Stricter on its own: several processes count apart while Redis is away.
    this.local = new LocalAccountLocks(Math.ceil(config.rateLimits.failedLoginsPerMinute / 2));
  }

  /**
   * Counts an attempt to sign in; call it before the password is verified, and succeeded() after.
   * @param account the user's id, or what was typed when there is no such user
   * @throws AppError rate_limited while the account is locked, whatever the password
   */
  async attempt(account: string): Promise<void> {
    const waitMs = await this.waitOf(account);
    if (waitMs <= 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw new AppError('rate_limited', {
      detail: `Too many failed attempts to sign in. Try again in ${seconds} s.`,
      extra: { policy: 'account' },
      headers: { 'Retry-After': String(seconds) },
    });
  }

  /** Forgets all failures of the account: the password was right, or was reset by mail. */
  async succeeded(account: string): Promise<void> {
    this.local.clear(account);
    await this.connections.cache.del(...keysOf(account)).catch(() => undefined);
  }

  private async waitOf(account: string): Promise<number> {
    const { failedLoginsPerMinute } = this.config.rateLimits;
    const values = [failedLoginsPerMinute, LOCK_WINDOW_MS, FIRST_DELAY_MS, LONGEST_DELAY_MS, LOCK_MEMORY_MS];
    try {
      return Number(await ATTEMPT.run(this.connections.cache, keysOf(account), values));
    } catch {
      return this.local.attempt(account);
    }
  }
}

/** Both keys in one slot of a cluster; hashed, since what people type as a user name may be a password. */
function keysOf(account: string): [string, string] {
  const name = createHash('sha256').update(account).digest('base64url');
  return [`account-lock:{${name}}`, `account-lock:{${name}}:times`];
}
