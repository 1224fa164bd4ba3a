// The clockwork of jobs, in one place, and injectable: tests run with short times, not with a faked clock.

import type { JobsConfig } from '../../config/app-config.js';

export const JOB_TIMINGS = Symbol('JOB_TIMINGS');

/** All in milliseconds. */
export interface JobTimings {
  /** How often the relay looks for work without having been woken. */
  readonly relayMs: number;
  /** An id that Redis has had for longer without anybody claiming the row is handed over again. */
  readonly staleMs: number;
  /** How often the relay asks whether Redis was wiped. */
  readonly wipeCheckMs: number;
  /** A running job belongs to its worker this long after the last renewal. */
  readonly leaseMs: number;
  /** How often a worker asks whether one of its jobs was canceled or taken over. */
  readonly watchMs: number;
  /** Time between two writes of a job's progress, which are told to sockets: at most five a second. */
  readonly progressMs: number;
  /** How long a handler may take to notice that it is to stop. */
  readonly abortGraceMs: number;
  /** How often due schedules are looked for. */
  readonly scheduleMs: number;
  readonly heartbeatMs: number;
  /** How long running jobs may go on when the process is to end. */
  readonly drainMs: number;
  /** How long BullMQ may take to close after that. */
  readonly closeMs: number;
}

export const DEFAULT_JOB_TIMINGS: JobTimings = {
  relayMs: 250,
  staleMs: 15_000,
  wipeCheckMs: 1_000,
  leaseMs: 30_000,
  watchMs: 700,
  progressMs: 1_000,
  abortGraceMs: 1_000,
  scheduleMs: 30_000,
  heartbeatMs: 2_000,
  drainMs: 18_000,
  closeMs: 2_000,
};

/** The clockwork by the settings: with the lease goes what has to be shorter, in the proportions of the defaults. */
export function jobTimings({ leaseSeconds, drainSeconds }: JobsConfig): JobTimings {
  const leaseMs = leaseSeconds * 1_000;
  return {
    ...DEFAULT_JOB_TIMINGS,
    leaseMs,
    staleMs: Math.min(DEFAULT_JOB_TIMINGS.staleMs, leaseMs / 2),
    watchMs: Math.min(DEFAULT_JOB_TIMINGS.watchMs, leaseMs / 10),
    drainMs: drainSeconds * 1_000,
  };
}
