import { JobInterrupted, type InterruptionReason } from './running-job.js';
import type { Lease } from './lease.repository.js';

/** The lease of one running job in this process, and the signal that stops its work. */
export class HeldLease implements Lease {
  readonly id: string;
  readonly token: string;
  /** True once the row may belong to someone else. */
  lost = false;
  private readonly controller = new AbortController();

  /** @param renewedAt monotonic time in ms before the claim or renewal was sent */
  constructor(
    lease: Lease,
    public renewedAt: number,
  ) {
    this.id = lease.id;
    this.token = lease.token;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Why the work was told to stop; undefined while it may go on. The first reason counts. */
  get interruption(): InterruptionReason | undefined {
    const reason: unknown = this.signal.reason;
    return reason instanceof JobInterrupted ? reason.interruption : undefined;
  }

  interrupt(reason: InterruptionReason): void {
    if (reason === 'lease_lost') this.lost = true;
    this.controller.abort(new JobInterrupted(reason));
  }
}
