// Asking whether something works, without waiting long and without asking too often.

import type { State } from './health.dto.js';

/** `up` when `check` resolves to something else than false within `timeoutMs`. */
export async function probe(check: () => Promise<unknown>, timeoutMs: number): Promise<State> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return (await Promise.race([check(), timeout])) === false ? 'down' : 'up';
  } catch {
    return 'down';
  } finally {
    clearTimeout(timer);
  }
}

/** `read`, but callers share one reading while it is under way, and for `ttlMs` from its beginning. */
export function shared<Value>(read: () => Promise<Value>, ttlMs: number): () => Promise<Value> {
  let latest: { readonly value: Promise<Value>; readonly until: number; settled: boolean } | undefined;
  return () => {
    const now = performance.now();
    if (latest && (!latest.settled || now < latest.until)) return latest.value;
    const current = { value: read(), until: now + ttlMs, settled: false };
    const settle = (): void => {
      current.settled = true;
    };
    current.value.then(settle, settle);
    latest = current;
    return current.value;
  };
}
