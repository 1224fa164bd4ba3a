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

/** `read`, but callers within `ttlMs` of the last one that began share its answer. */
export function shared<Value>(read: () => Promise<Value>, ttlMs: number): () => Promise<Value> {
  let latest: { readonly value: Promise<Value>; readonly until: number } | undefined;
  return () => {
    const now = performance.now();
    if (!latest || now >= latest.until) latest = { value: read(), until: now + ttlMs };
    return latest.value;
  };
}
