// The processor time of another process, as the kernel counts it: on a busy machine the clock says how long
// others took, and not how much work there was.

import { readFile } from 'node:fs/promises';
import { watchUsage } from './usage-watch.js';

/** Linux counts for its users in hundredths of a second, whatever its own tick is (proc_pid_stat(5), USER_HZ). */
const MS_PER_TICK = 10;
/** Places of `utime` and `stime` among the fields behind the name of the program. */
const UTIME = 11;
const STIME = 12;

/** Processor time of a process and its threads in ms; undefined without /proc, or when it has ended. */
export async function processorTimeMs(pid: number): Promise<number | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name stands in parentheses and may hold anything, blanks and parentheses too.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[UTIME]) + Number(fields[STIME]);
  return Number.isFinite(ticks) ? ticks * MS_PER_TICK : undefined;
}

/**
 * Calls `onExceeded` once when the process has used more than `limitMs` since the watch began.
 * @returns stops the watch
 */
export function watchProcessorTime(pid: number, limitMs: number, onExceeded: () => void): () => void {
  let before: number | undefined;
  const sinceBegin = async (): Promise<number | undefined> => {
    const now = await processorTimeMs(pid);
    before ??= now;
    return now === undefined || before === undefined ? undefined : now - before;
  };
  return watchUsage(sinceBegin, limitMs, onExceeded);
}
