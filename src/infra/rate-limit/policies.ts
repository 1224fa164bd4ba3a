// Which budgets a call is charged to.

import type { Principal } from '../../common/auth/principal.js';
import type { RateLimitKind } from '../../common/http/rate-limited.decorator.js';
import type { RateLimitConfig } from '../../config/app-config.js';
import type { Budget, BudgetWindow, PolicyName } from './budget.js';

const MINUTE: BudgetWindow = { kind: 'sliding', windowMs: 60_000 };
const TEN_SECONDS: BudgetWindow = { kind: 'sliding', windowMs: 10_000 };

/** Who calls, for the limits: the verified principal, or else the address (of IPv6 its /64). */
export interface Caller {
  readonly principal: Principal | undefined;
  readonly address: string;
}

/** The budgets that one call of `kind` is charged to; `undefined` is an ordinary call. */
export function budgetsOf(
  caller: Caller,
  kind: RateLimitKind | undefined,
  limits: RateLimitConfig,
): Budget[] {
  if (kind === 'unlimited') return [];
  const budgets = kind === 'auth' ? [auth(caller, limits)] : [];
  const { principal } = caller;
  if (!principal) return [...budgets, anonymous(caller, limits)];
  const costly = principal.kind === 'api_key' || kind === 'metered';
  if (kind === 'upload') budgets.push(byUser('upload', principal, limits.uploadPerMinute));
  else if (principal.kind === 'session') budgets.push(byUser('user', principal, limits.userPerMinute));
  return costly ? [...budgets, ...metered(principal, limits)] : budgets;
}

/** Every budget that calls of this caller can be charged to, for the overview. */
export function allBudgetsOf(caller: Caller, limits: RateLimitConfig): Budget[] {
  const { principal } = caller;
  if (!principal) return [anonymous(caller, limits), auth(caller, limits)];
  const budgets = [...metered(principal, limits), byUser('upload', principal, limits.uploadPerMinute)];
  return principal.kind === 'session'
    ? [byUser('user', principal, limits.userPerMinute), ...budgets]
    : budgets;
}

/** The budget of a socket's handshake: a user's call, or, refused, one of its address. */
export function handshakeBudget(caller: Caller, limits: RateLimitConfig): Budget {
  return caller.principal
    ? byUser('user', caller.principal, limits.userPerMinute)
    : anonymous(caller, limits);
}

/** The budget of one socket's events. */
export function socketBudget(socketId: string, limits: RateLimitConfig): Budget {
  return { policy: 'socket', subject: socketId, limit: limits.socketPer10Seconds, window: TEN_SECONDS };
}

function anonymous({ address }: Caller, limits: RateLimitConfig): Budget {
  return { policy: 'anonymous', subject: address, limit: limits.anonymousPerMinute, window: MINUTE };
}

function auth({ address }: Caller, limits: RateLimitConfig): Budget {
  return { policy: 'auth', subject: address, limit: limits.authPerMinute, window: MINUTE };
}

function metered(principal: Principal, limits: RateLimitConfig): Budget[] {
  const { perMinute, perDay } = limits.metered[principal.tier];
  return [
    byUser('metered', principal, perMinute),
    { policy: 'metered_day', subject: principal.userId, limit: perDay, window: { kind: 'utc_day' } },
  ];
}

function byUser(policy: PolicyName, principal: Principal, limit: number): Budget {
  return { policy, subject: principal.userId, limit, window: MINUTE };
}
