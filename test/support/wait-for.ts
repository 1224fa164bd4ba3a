const POLL_MS = 20;

/**
 * Asks `probe` again and again until it gives something other than undefined, null or false.
 * @param what said in the error when it does not within `timeoutMs`
 */
export async function waitFor<Value>(
  what: string,
  probe: () => Value | Promise<Value>,
  timeoutMs = 60_000,
): Promise<NonNullable<Value>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
