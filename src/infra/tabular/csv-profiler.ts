// Profiling as others call it: in a process of its own, within limits.

import { runChild, type ChildLimits } from '../child-process/run-child.js';
import type { ProfileOutcome, ProfileRequest } from './profile-csv.js';

/** For two gigabytes of CSV; DuckDB itself is limited further, see profile-csv.ts. */
export const PROFILE_LIMITS: ChildLimits = {
  timeoutMs: 15 * 60_000,
  memoryBytes: 1_536 * 1_024 ** 2,
  heapMegabytes: 512,
};

export interface ProfileOptions {
  readonly signal: AbortSignal;
  /** Told the part that is done, 0 to 1. */
  readonly onProgress: (part: number) => void;
  readonly limits?: ChildLimits;
}

/**
 * Reads a CSV file into a typed Parquet file and a profile.
 * @throws ChildFailure; the signal's reason
 */
export function profileInChild(request: ProfileRequest, options: ProfileOptions): Promise<ProfileOutcome> {
  return runChild<ProfileRequest, ProfileOutcome, number>({
    entry: new URL('./profile.child.js', import.meta.url),
    request,
    directory: request.directory,
    limits: options.limits ?? PROFILE_LIMITS,
    onReport: options.onProgress,
    signal: options.signal,
  });
}
