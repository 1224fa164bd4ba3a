import { z } from 'zod';
import { POLICIES, type BudgetState } from '../../infra/rate-limit/budget.js';

export const rateLimitResponseSchema = z
  .object({
    policies: z.array(
      z.object({ policy: z.enum(POLICIES), limit: z.int(), remaining: z.int(), reset: z.int() }),
    ),
  })
  .meta({ id: 'RateLimit' });
export type RateLimitResponse = z.infer<typeof rateLimitResponseSchema>;

/** The budgets of a caller, with whole seconds. */
export function toRateLimitResponse(states: readonly BudgetState[]): RateLimitResponse {
  return {
    policies: states.map(({ policy, limit, remaining, resetMs }) => ({
      policy,
      limit,
      remaining,
      reset: Math.ceil(resetMs / 1000),
    })),
  };
}
