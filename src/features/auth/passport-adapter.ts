// Asks a passport strategy without passport's middleware: the same question for HTTP and for sockets, where
// there is no Express request.

import type { Request } from 'express';

interface Strategy {
  authenticate(request: Request): void;
}

/** How a strategy says what it found; passport itself adds these to a copy of it for each request. */
interface StrategyActions<User> {
  success(user: User): void;
  fail(reason: unknown): void;
  error(error: unknown): void;
}

/**
 * Runs `strategy` on `request`, which is whatever its own extractor reads.
 * @returns the user that the strategy's verify callback accepted
 * @throws what the callback passed on as an error; else what `refusal` makes of the strategy's reason
 */
export function askStrategy<User>(
  strategy: Strategy,
  request: object,
  refusal: (reason: unknown) => Error,
): Promise<User> {
  return new Promise<User>((resolve, reject) => {
    const actions: StrategyActions<User> = {
      success: resolve,
      fail: (reason) => reject(refusal(reason)),
      error: (error) => reject(error instanceof Error ? error : new Error(String(error))),
    };
    const attempt = Object.assign(Object.create(strategy) as Strategy, actions);
    attempt.authenticate(request as Request);
  });
}
