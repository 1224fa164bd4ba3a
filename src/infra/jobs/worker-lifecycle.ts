// Start and end of everything that makes a process a worker, in order.

import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HeldLeases } from './held-leases.js';
import { JobConsumers } from './job-consumers.js';
import { JobHandlers } from './job-handlers.js';
import { JobRelay } from './job-relay.js';
import { JobRunner } from './job-runner.js';
import { JobScheduler } from './job-scheduler.js';
import { JOB_TIMINGS, type JobTimings } from './job-timings.js';
import { PurgeTasks } from './purge-tasks.js';
import { WorkerHeartbeat } from './worker-heartbeat.js';

@Injectable()
export class WorkerLifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly handlers: JobHandlers,
    private readonly purgeTasks: PurgeTasks,
    private readonly heldLeases: HeldLeases,
    private readonly runner: JobRunner,
    private readonly consumers: JobConsumers,
    private readonly relay: JobRelay,
    private readonly scheduler: JobScheduler,
    private readonly heartbeat: WorkerHeartbeat,
    @Inject(JOB_TIMINGS) private readonly timings: JobTimings,
  ) {}

  /** @throws Error when a job has no handler, or several */
  onApplicationBootstrap(): void {
    this.handlers.collect();
    this.purgeTasks.collect();
    this.heldLeases.start();
    this.consumers.start();
    this.relay.start();
    this.scheduler.start();
    this.heartbeat.start();
  }

  /** Takes nothing more, lets running jobs end, and hands back those that do not end in time. */
  async onModuleDestroy(): Promise<void> {
    this.scheduler.stop();
    this.relay.stop();
    this.runner.stop();
    const closing = this.consumers.close();
    const { drainMs, abortGraceMs } = this.timings;
    if (!(await this.idleWithin(drainMs))) {
      this.heldLeases.interruptAll('shutdown');
      // Some more than the grace, for writing that they are handed back.
      await this.idleWithin(abortGraceMs + 1_000);
    }
    this.heldLeases.stop();
    await Promise.all([this.consumers.closeInTime(closing), this.heartbeat.stop()]);
  }

  private async idleWithin(milliseconds: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<false>(
      (resolve) => (timer = setTimeout(() => resolve(false), milliseconds)),
    );
    const idle = await Promise.race([this.heldLeases.idle().then(() => true), deadline]);
    clearTimeout(timer);
    return idle;
  }
}
