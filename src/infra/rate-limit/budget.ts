// What a rate limit is made of. A call is charged to one or more budgets, to all of them or to none.

export const POLICIES = [
  'anonymous',
  'auth',
  'account',
  'user',
  'metered',
  'metered_day',
  'upload',
  'socket',
] as const;
export type PolicyName = (typeof POLICIES)[number];

/** `sliding`: never more than the limit in any `windowMs`. `utc_day`: never more in one day of UTC. */
export type BudgetWindow =
  { readonly kind: 'sliding'; readonly windowMs: number } | { readonly kind: 'utc_day' };

export interface Budget {
  readonly policy: PolicyName;
  /** Whose budget it is: an address, a user, a socket. */
  readonly subject: string;
  readonly limit: number;
  readonly window: BudgetWindow;
}

export interface BudgetState {
  readonly policy: PolicyName;
  readonly limit: number;
  readonly remaining: number;
  /** Until the oldest call counted leaves the window (or the day ends), in milliseconds. */
  readonly resetMs: number;
  /** Until a call passes again, in milliseconds; 0 when one passes now. */
  readonly retryMs: number;
}

/** Where the calls are counted. */
export interface BudgetStore {
  /** Charges one call to all budgets, unless one of them is used up; then to none. In one atomic step. */
  consume(budgets: readonly Budget[]): Promise<BudgetState[]>;
  /** The state of the budgets, charging nothing. */
  peek(budgets: readonly Budget[]): Promise<BudgetState[]>;
}

/** The budget that refuses the call; undefined when the call passes. */
export function refusal(states: readonly BudgetState[]): BudgetState | undefined {
  const refusing = states.filter((state) => state.retryMs > 0);
  return refusing.sort((one, other) => other.retryMs - one.retryMs)[0];
}

/** The budget with the fewest calls left, which is the one that headers speak of. */
export function tightest(states: readonly BudgetState[]): BudgetState | undefined {
  return [...states].sort((one, other) => one.remaining - other.remaining)[0];
}
