// Looks again and again at what another process uses of something, as the kernel counts it.

/** How often it is looked at, in milliseconds. */
const INTERVAL_MS = 100;

/**
 * Calls `onExceeded` once when `read` gives more than `limit`; undefined counts as nothing.
 * @returns stops the watch
 */
export function watchUsage(
  read: () => Promise<number | undefined>,
  limit: number,
  onExceeded: () => void,
): () => void {
  let looking = false;
  let stopped = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void read().then((used = 0) => {
      looking = false;
      if (stopped || used <= limit) return;
      clearInterval(timer);
      onExceeded();
    });
  }, INTERVAL_MS);
  timer.unref();
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
