// Decides whether a call may go on: by Redis, and while Redis is away by this process alone.

import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Metrics } from '../metrics/metrics.js';
import { RedisConnections } from '../redis/redis-connections.js';
import { refusal, tightest, type Budget, type BudgetState } from './budget.js';
import { LocalBudgets } from './local-budgets.js';
import { RedisBudgets } from './redis-budgets.js';

/** Guessing passwords must not get easier while several processes count apart. */
const STRICTER_WHEN_LOCAL: ReadonlySet<string> = new Set(['auth', 'account']);

type ThrottlerRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

@Injectable()
export class RateLimiter implements ThrottlerStorage {
  private readonly shared: RedisBudgets;
  private readonly local = new LocalBudgets();

  constructor(
    connections: RedisConnections,
    private readonly metrics: Metrics,
  ) {
    this.shared = new RedisBudgets(() => connections.cache);
  }

  /** Charges one call to all `budgets`, or to none when one is used up. Never throws. */
  async consume(budgets: readonly Budget[]): Promise<BudgetState[]> {
    const [limiter, states] = await this.ask((store, asked) => store.consume(asked), budgets);
    const refused = refusal(states);
    const policy = (refused ?? tightest(states))?.policy;
    if (policy) this.metrics.rateLimitDecided(policy, refused ? 'refused' : 'allowed', limiter);
    return states;
  }

  /** The state of `budgets`, charging nothing. Never throws. */
  async peek(budgets: readonly Budget[]): Promise<BudgetState[]> {
    const [, states] = await this.ask((store, asked) => store.peek(asked), budgets);
    return states;
  }

  /** One budget in the throttler's own terms: times in milliseconds, answers in seconds. */
  async increment(
    key: string,
    ttl: number,
    limit: number,
    _block: number,
    name: string,
  ): Promise<ThrottlerRecord> {
    const budget = {
      policy: 'user',
      subject: `${name}:${key}`,
      limit,
      window: { kind: 'sliding', windowMs: ttl },
    } as const;
    const [state] = await this.consume([budget]);
    const { remaining = 0, resetMs = 0, retryMs = 0 } = state ?? {};
    return {
      totalHits: limit - remaining,
      timeToExpire: Math.ceil(resetMs / 1000),
      isBlocked: retryMs > 0,
      timeToBlockExpire: Math.ceil(retryMs / 1000),
    };
  }

  private async ask(
    question: (store: RedisBudgets | LocalBudgets, budgets: readonly Budget[]) => Promise<BudgetState[]>,
    budgets: readonly Budget[],
  ): Promise<['redis' | 'local', BudgetState[]]> {
    if (budgets.length === 0) return ['redis', []];
    try {
      return ['redis', await question(this.shared, budgets)];
    } catch {
      // The connection has an error listener that says so once; here it only matters to go on.
      return ['local', await question(this.local, budgets.map(localBudget))];
    }
  }
}

function localBudget(budget: Budget): Budget {
  if (!STRICTER_WHEN_LOCAL.has(budget.policy)) return budget;
  return { ...budget, limit: Math.ceil(budget.limit / 2) };
}
