// Counts calls in this process alone, for the time Redis is away: the same rules, in plain arrays.

import type { Budget, BudgetState, BudgetStore } from './budget.js';

const DAY_MS = 86_400_000;
/** Beyond that many subjects the one unused for longest is forgotten: memory stays bounded. */
const MAX_SUBJECTS = 50_000;

interface Usage {
  /** Times of the calls counted in a sliding window, oldest first, in milliseconds. */
  times: number[];
  day: number;
  usedToday: number;
}

export class LocalBudgets implements BudgetStore {
  private readonly usages = new Map<string, Usage>();

  /** @param now the time in milliseconds; it must not run backwards */
  constructor(private readonly now: () => number = Date.now) {}

  consume(budgets: readonly Budget[]): Promise<BudgetState[]> {
    const before = budgets.map((budget) => this.stateOf(budget));
    if (before.some((state) => state.retryMs > 0)) return Promise.resolve(before);
    for (const budget of budgets) this.charge(budget);
    return Promise.resolve(budgets.map((budget) => ({ ...this.stateOf(budget), retryMs: 0 })));
  }

  peek(budgets: readonly Budget[]): Promise<BudgetState[]> {
    return Promise.resolve(budgets.map((budget) => this.stateOf(budget)));
  }

  private stateOf({ policy, subject, limit, window }: Budget): BudgetState {
    const now = this.now();
    const usage = this.usageOf(`${policy}:${subject}`);
    if (window.kind === 'utc_day') {
      const day = Math.floor(now / DAY_MS);
      const used = usage.day === day ? usage.usedToday : 0;
      const resetMs = (day + 1) * DAY_MS - now;
      return {
        policy,
        limit,
        remaining: Math.max(limit - used, 0),
        resetMs,
        retryMs: used >= limit ? resetMs : 0,
      };
    }
    const edge = now - window.windowMs;
    while (usage.times[0] !== undefined && usage.times[0] <= edge) usage.times.shift();
    const used = usage.times.length;
    const oldest = usage.times[0];
    const blocking = usage.times[used - limit];
    return {
      policy,
      limit,
      remaining: Math.max(limit - used, 0),
      resetMs: oldest === undefined ? 0 : oldest - edge,
      retryMs: used < limit ? 0 : blocking === undefined ? window.windowMs : blocking - edge,
    };
  }

  private charge({ policy, subject, window }: Budget): void {
    const now = this.now();
    const usage = this.usageOf(`${policy}:${subject}`);
    if (window.kind === 'sliding') {
      usage.times.push(now);
      return;
    }
    const day = Math.floor(now / DAY_MS);
    usage.usedToday = usage.day === day ? usage.usedToday + 1 : 1;
    usage.day = day;
  }

  private usageOf(key: string): Usage {
    const usage = this.usages.get(key) ?? { times: [], day: 0, usedToday: 0 };
    // A Map keeps the order of insertion: what is put back last was used last.
    this.usages.delete(key);
    this.usages.set(key, usage);
    const [eldest] = this.usages.keys();
    if (this.usages.size > MAX_SUBJECTS && eldest !== undefined) this.usages.delete(eldest);
    return usage;
  }
}
