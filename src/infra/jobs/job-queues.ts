// The way to BullMQ, which carries ids of jobs and nothing else.

import { Injectable, Logger } from '@nestjs/common';
import { Queue } from 'bullmq';
import { JOBS, QUEUES, type QueueName } from '../../contracts/jobs.js';
import { RedisConnections } from '../redis/redis-connections.js';
import type { HandedOver } from './relay.repository.js';

/** Before the names of all keys of the queues. */
export const QUEUE_PREFIX = 'milepost-jobs';

/** Is there as long as Redis has kept what it was given. */
const MARKER_KEY = `${QUEUE_PREFIX}:kept`;

/** What BullMQ keeps of a job. */
export interface JobPointer {
  readonly id: string;
}

@Injectable()
export class JobQueues {
  private readonly logger = new Logger(JobQueues.name);
  private readonly queues = new Map<QueueName, Queue<JobPointer>>();

  constructor(private readonly connections: RedisConnections) {}

  /** False while Redis is known to be away. */
  get available(): boolean {
    return this.connections.queue.status === 'ready';
  }

  /** All queues by name, for those who look into them. */
  all(): Queue<JobPointer>[] {
    return QUEUES.map((name) => this.queue(name));
  }

  /**
   * Hands jobs over; one that Redis still has stays as it is.
   * @throws Error when Redis is away, slow or full; some of them may have been taken then
   */
  async add(jobs: readonly HandedOver[]): Promise<void> {
    for (const name of QUEUES) {
      const ofQueue = jobs.filter((job) => JOBS[job.name].queue === name);
      if (ofQueue.length === 0) continue;
      await this.queue(name).addBulk(
        ofQueue.map(({ id, name: jobName }) => ({
          name: jobName,
          data: { id },
          // Tries, delays and history are PostgreSQL's. A kept job would make the next add() a silent no-op.
          opts: { jobId: id, attempts: 1, removeOnComplete: true, removeOnFail: true },
        })),
      );
    }
  }

  /**
   * True once after Redis has lost everything: the caller is then to hand over again.
   * @throws Error when Redis does not answer
   */
  async wiped(): Promise<boolean> {
    return (await this.connections.queue.set(MARKER_KEY, '1', 'NX')) === 'OK';
  }

  private queue(name: QueueName): Queue<JobPointer> {
    const existing = this.queues.get(name);
    if (existing) return existing;
    // The connection is ours and fails fast. Without these two options, a first contact with Redis that fails
    // makes every later add() fail as well.
    const queue = new Queue<JobPointer>(name, {
      connection: this.connections.queue,
      prefix: QUEUE_PREFIX,
      skipVersionCheck: true,
      skipWaitingForReady: true,
    });
    queue.on('error', (error) => this.logger.debug({ queue: name, reason: error.message }, 'queue error'));
    this.queues.set(name, queue);
    return queue;
  }
}
