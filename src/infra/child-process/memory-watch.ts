// The memory of another process, as the kernel counts it: a heap limit says nothing about native buffers.

import { readFile } from 'node:fs/promises';
import { watchUsage } from './usage-watch.js';

/** Resident memory of a process in bytes; undefined where the system does not say (no /proc) or it has ended. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024;
}

/**
 * Calls `onExceeded` once when the process holds more than `limitBytes`.
 * @returns stops the watch
 */
export function watchMemory(pid: number, limitBytes: number, onExceeded: () => void): () => void {
  return watchUsage(() => residentBytes(pid), limitBytes, onExceeded);
}
