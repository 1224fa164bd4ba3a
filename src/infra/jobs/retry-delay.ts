const LONGEST_MS = 3_600_000;

/**
 * Delay before the next attempt, in ms: doubles with each attempt, spread over ±25 % so that jobs that failed
 * together do not come back together.
 * @param backoffMs delay after the first attempt
 * @param attempt the attempt that has failed, from 1
 * @param random from 0 to 1
 */
export function retryDelay(backoffMs: number, attempt: number, random: number = Math.random()): number {
  const delay = Math.min(backoffMs * 2 ** (attempt - 1), LONGEST_MS);
  return Math.round(delay * (0.75 + random / 2));
}
