// The jobs that run in this process: keeps their leases, and tells them when they are canceled or taken over.
// One statement per turn for all of them.

import { Inject, Injectable, Logger } from '@nestjs/common';
import { RedisMessages } from '../redis/redis-messages.js';
import { HeldLease } from './held-lease.js';
import { JOB_TIMINGS, type JobTimings } from './job-timings.js';
import { CANCEL_CHANNEL } from './jobs.js';
import { LeaseRepository, type Lease, type LeaseStatus } from './lease.repository.js';
import type { InterruptionReason } from './running-job.js';

/** Part of the lease after which an unrenewed one counts as lost, so that two workers never overlap. */
const SAFE_PART = 0.9;

@Injectable()
export class HeldLeases {
  private readonly logger = new Logger(HeldLeases.name);
  private readonly held = new Set<HeldLease>();
  private readonly whenIdle = new Set<() => void>();
  private claims = 0;
  private timer: NodeJS.Timeout | undefined;
  private looking = false;

  constructor(
    private readonly repository: LeaseRepository,
    private readonly messages: RedisMessages,
    @Inject(JOB_TIMINGS) private readonly timings: JobTimings,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), this.timings.watchMs);
    this.messages.subscribe(CANCEL_CHANNEL, (id) => {
      if ([...this.held].some((lease) => lease.id === id)) return this.look();
    });
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Runs a claim, and what makes its lease a held one: the process is not idle before it is known how that ends. */
  async whileClaiming<Result>(claim: () => Promise<Result>): Promise<Result> {
    this.claims += 1;
    try {
      return await claim();
    } finally {
      this.claims -= 1;
      this.tellWhenIdle();
    }
  }

  /** @param claimedAt monotonic time in ms before the claim was sent */
  add(lease: Lease, claimedAt: number): HeldLease {
    const held = new HeldLease(lease, claimedAt);
    this.held.add(held);
    return held;
  }

  remove(lease: HeldLease): void {
    this.held.delete(lease);
    this.tellWhenIdle();
  }

  /** Resolves once nothing runs, and nothing is being claimed. */
  idle(): Promise<void> {
    return this.isIdle ? Promise.resolve() : new Promise((resolve) => this.whenIdle.add(resolve));
  }

  interruptAll(reason: InterruptionReason): void {
    for (const lease of this.held) lease.interrupt(reason);
  }

  private get isIdle(): boolean {
    return this.held.size === 0 && this.claims === 0;
  }

  private tellWhenIdle(): void {
    if (!this.isIdle) return;
    for (const resolve of this.whenIdle) resolve();
    this.whenIdle.clear();
  }

  private async look(): Promise<void> {
    this.dropOverdue();
    const leases = [...this.held].filter((lease) => !lease.lost);
    if (this.looking || leases.length === 0) return;
    this.looking = true;
    try {
      await this.ask(leases);
    } catch (error) {
      // The leases run on; whether they run out is dropOverdue()'s to see.
      this.logger.warn({ reason: String(error) }, 'running jobs could not be looked after');
    } finally {
      this.looking = false;
    }
  }

  private async ask(leases: readonly HeldLease[]): Promise<void> {
    const askedAt = performance.now();
    const { leaseMs } = this.timings;
    const due = leases.some((lease) => askedAt - lease.renewedAt >= leaseMs / 3);
    const answers = due ? await this.repository.renew(leases, leaseMs) : await this.repository.check(leases);
    const statuses = new Map<string, LeaseStatus>(answers.map((status) => [status.id, status]));
    for (const lease of leases) {
      const status = statuses.get(lease.id);
      if (!status) lease.interrupt('lease_lost');
      else if (status.cancelRequested) lease.interrupt('canceled');
      if (status && due) lease.renewedAt = askedAt;
    }
  }

  private dropOverdue(): void {
    const now = performance.now();
    for (const lease of this.held) {
      if (now - lease.renewedAt > this.timings.leaseMs * SAFE_PART) lease.interrupt('lease_lost');
    }
  }
}
