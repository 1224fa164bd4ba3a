// BullMQ's side of a worker process: takes ids from Redis and has them run.

import { Inject, Injectable, Logger } from '@nestjs/common';
import { Worker } from 'bullmq';
import { QUEUES, type QueueName } from '../../contracts/jobs.js';
import { RedisConnections } from '../redis/redis-connections.js';
import { queuePrefix, type JobPointer } from './job-queues.js';
import { JobRunner } from './job-runner.js';
import { JOB_TIMINGS, type JobTimings } from './job-timings.js';

/**
 * How many jobs of a queue one process runs at once. Those of `models` and `training` each keep a child process
 * busy; a training may take hours, and what takes seconds should not wait for it.
 */
const CONCURRENCY: Readonly<Record<QueueName, number>> = {
  mail: 20,
  work: 8,
  models: 2,
  training: 2,
  system: 1,
};

/** Bounds of BullMQ's own lock on an id, which is to end well before our lease on the row does. */
const SHORTEST_LOCK_MS = 1_000;
const LONGEST_LOCK_MS = 10_000;

@Injectable()
export class JobConsumers {
  private readonly logger = new Logger(JobConsumers.name);
  private workers: Worker<JobPointer>[] = [];

  constructor(
    private readonly connections: RedisConnections,
    private readonly runner: JobRunner,
    @Inject(JOB_TIMINGS) private readonly timings: JobTimings,
  ) {}

  start(): void {
    this.workers = QUEUES.map((queue) => this.consume(queue));
  }

  /** Takes nothing more from now on. The promise ends when BullMQ has let go of what runs, if Redis lets it. */
  close(): Promise<unknown> {
    return Promise.allSettled(this.workers.map((worker) => worker.close()));
  }

  /** Waits for close() no longer than the deadline: while Redis is away it would never end. */
  async closeInTime(closing: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise((resolve) => (timer = setTimeout(resolve, this.timings.closeMs)));
    await Promise.race([closing, deadline]);
    clearTimeout(timer);
  }

  private consume(queue: QueueName): Worker<JobPointer> {
    // Redis takes whole milliseconds only.
    const lockMs = Math.floor(
      Math.max(SHORTEST_LOCK_MS, Math.min(LONGEST_LOCK_MS, this.timings.leaseMs / 3)),
    );
    const worker = new Worker<JobPointer>(queue, async (job) => this.runner.run(job.data.id), {
      connection: this.connections.worker,
      prefix: queuePrefix(this.connections, queue),
      concurrency: CONCURRENCY[queue],
      // A first contact that fails must not count for ever.
      skipVersionCheck: true,
      // BullMQ's own lock only frees the id of a job whose worker died, before our lease on the row ends.
      lockDuration: lockMs,
      stalledInterval: Math.floor(lockMs / 2),
      maxStalledCount: 1_000,
      // Reads block this many seconds: shorter than the connection's command timeout.
      drainDelay: 5,
      // The default of 15 s would be added to each outage of Redis.
      runRetryDelay: 1_000,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    worker.on('error', (error) => this.logger.debug({ queue, reason: error.message }, 'consumer error'));
    worker.on('failed', (job, error) =>
      this.logger.error({ queue, jobId: job?.data.id, err: error }, 'a delivered job could not be run'),
    );
    return worker;
  }
}
