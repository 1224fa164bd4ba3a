// Counts calls in Redis, exact under any concurrency and across processes: one script looks at all budgets
// of a call and charges them, by Redis's own clock. A sliding window is a list of the times of its last
// calls; each is pushed once and popped once, so a call costs O(1) on average.

import type { RedisClient } from '../redis/open-redis.js';
import { RedisScript } from '../redis/redis-script.js';
import type { Budget, BudgetState, BudgetStore } from './budget.js';

const MICROSECONDS = 1_000;
const FIELDS_PER_BUDGET = 3;

const SCRIPT = new RedisScript(`
local DAY = 86400000000
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local charge = ARGV[1] == '1'
local refused = false
local answer = {}
for i, key in ipairs(KEYS) do
  local kind, limit, window = ARGV[3 * i - 1], tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  local used, reset, retry = 0, 0, 0
  if kind == 'utc_day' then
    local day = math.floor(now / DAY)
    local stored = redis.call('HMGET', key, 'day', 'used')
    if tonumber(stored[1]) == day then used = tonumber(stored[2]) end
    reset = (day + 1) * DAY - now
    if used >= limit then retry = reset end
  else
    local edge = now - window
    local oldest = tonumber(redis.call('LINDEX', key, -1) or nil)
    while oldest and oldest <= edge do
      redis.call('RPOP', key)
      oldest = tonumber(redis.call('LINDEX', key, -1) or nil)
    end
    used = redis.call('LLEN', key)
    if oldest then reset = oldest - edge end
    if used >= limit then
      local blocking = limit > 0 and tonumber(redis.call('LINDEX', key, limit - 1))
      retry = blocking and (blocking - edge) or window
    end
  end
  if retry > 0 then refused = true end
  answer[3 * i - 2], answer[3 * i - 1], answer[3 * i] = limit - used, reset, retry
end
if charge and not refused then
  for i, key in ipairs(KEYS) do
    local kind, window = ARGV[3 * i - 1], tonumber(ARGV[3 * i + 1])
    if kind == 'utc_day' then
      local day = math.floor(now / DAY)
      if tonumber(redis.call('HGET', key, 'day') or nil) ~= day then
        redis.call('HSET', key, 'day', day, 'used', 0)
        redis.call('PEXPIRE', key, 2 * DAY / 1000)
      end
      redis.call('HINCRBY', key, 'used', 1)
    else
      redis.call('LPUSH', key, string.format('%.0f', now))
      redis.call('PEXPIRE', key, math.ceil(window / 1000) + 1000)
      if answer[3 * i - 1] == 0 then answer[3 * i - 1] = window end
    end
    answer[3 * i - 2] = answer[3 * i - 2] - 1
  end
end
return answer
`);

export class RedisBudgets implements BudgetStore {
  constructor(private readonly redis: () => RedisClient) {}

  consume(budgets: readonly Budget[]): Promise<BudgetState[]> {
    return this.run(budgets, true);
  }

  peek(budgets: readonly Budget[]): Promise<BudgetState[]> {
    return this.run(budgets, false);
  }

  private async run(budgets: readonly Budget[], charge: boolean): Promise<BudgetState[]> {
    const keys = budgets.map(({ policy, subject }) => `rate-limit:{${subject}}:${policy}`);
    const values = budgets.flatMap(({ window, limit }) => [
      window.kind,
      limit,
      window.kind === 'sliding' ? window.windowMs * MICROSECONDS : 0,
    ]);
    const answer = (await SCRIPT.run(this.redis(), keys, [charge ? 1 : 0, ...values])) as number[];
    return budgets.map(({ policy, limit }, index) => {
      const [remaining = 0, reset = 0, retry = 0] = answer.slice(FIELDS_PER_BUDGET * index);
      return {
        policy,
        limit,
        remaining: Math.max(remaining, 0),
        resetMs: reset / MICROSECONDS,
        retryMs: retry / MICROSECONDS,
      };
    });
  }
}
