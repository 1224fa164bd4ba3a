// The way to BullMQ, which carries ids of jobs and nothing else.

import { Injectable, Logger } from '@nestjs/common';
import { Queue } from 'bullmq';
import { JOBS, QUEUES, type QueueName } from '../../contracts/jobs.js';
import { RedisConnections } from '../redis/redis-connections.js';
import type { HandedOver } from './relay.repository.js';

/**
 * Before the names of all keys of a queue. In a cluster the braces keep them in one slot, as BullMQ's scripts need
 * them, and spread the queues over the nodes.
 */
export function queuePrefix({ queueKeyPrefix }: RedisConnections, queue: QueueName): string {
  return `{${queueKeyPrefix}milepost-jobs:${queue}}`;
}

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
   * True once after Redis, or a node of the cluster, has lost everything: the caller is then to hand over again.
   * @throws Error when Redis does not answer
   */
  async wiped(): Promise<boolean> {
    const marks = await Promise.allSettled(QUEUES.map((name) => this.mark(name)));
    // Said even when another node did not answer: it is not said twice.
    if (marks.some((mark) => mark.status === 'fulfilled' && mark.value)) return true;
    const failure = marks.find((mark) => mark.status === 'rejected');
    if (failure) throw failure.reason;
    return false;
  }

  /** Leaves a mark that is there as long as Redis keeps what it is given; true when there was none. */
  private async mark(name: QueueName): Promise<boolean> {
    return (
      (await this.connections.queue.set(`${queuePrefix(this.connections, name)}:kept`, '1', 'NX')) === 'OK'
    );
  }

  private queue(name: QueueName): Queue<JobPointer> {
    const existing = this.queues.get(name);
    if (existing) return existing;
    // The connection is ours and fails fast. Without these two options, a first contact with Redis that fails
    // makes every later add() fail as well.
    const queue = new Queue<JobPointer>(name, {
      connection: this.connections.queue,
      prefix: queuePrefix(this.connections, name),
      skipVersionCheck: true,
      skipWaitingForReady: true,
    });
    queue.on('error', (error) => this.logger.debug({ queue: name, reason: error.message }, 'queue error'));
    this.queues.set(name, queue);
    return queue;
  }
}
