/**
 * Removes rows batch by batch, so that no statement holds many locks for long.
 * @param removeBatch removes some rows and resolves to how many; 0 ends it
 * @param signal ends it between two batches
 * @returns how many rows were removed in all
 */
export async function removeInBatches(
  signal: AbortSignal,
  removeBatch: () => Promise<number>,
): Promise<number> {
  let removed = 0;
  for (;;) {
    const batch = signal.aborted ? 0 : await removeBatch();
    if (batch === 0) return removed;
    removed += batch;
  }
}
