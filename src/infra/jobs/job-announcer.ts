import { Injectable } from '@nestjs/common';
import { userStream } from '../../contracts/events.js';
import { JOBS } from '../../contracts/jobs.js';
import { Events } from '../events/events.js';
import { Realtime } from '../realtime/realtime.js';
import { toJobData } from './job-data.js';
import { JobFollowers } from './job-followers.js';
import type { JobEntity } from './job.entity.js';

/** Tells the owner how a job gets on, and that it has ended: the end is an event of the transaction that ended it. */
@Injectable()
export class JobAnnouncer {
  constructor(
    private readonly events: Events,
    private readonly realtime: Realtime,
    private readonly followers: JobFollowers,
  ) {}

  /** Tells sockets only, and nothing of jobs that no person started; who misses it sees the next one. */
  announceProgress(job: JobEntity): void {
    if (!job.ownerId || !JOBS[job.name].announced) return;
    this.realtime.broadcast(userStream(job.ownerId), 'job.progress', toJobData(job));
  }

  /**
   * Tells, of jobs that a person started, its owner, and those who follow the job. Call it last in the
   * transaction: it locks the stream.
   */
  async announceEnd(job: JobEntity): Promise<void> {
    const { ownerId, state } = job;
    const ended = state === 'succeeded' || state === 'failed' || state === 'canceled';
    if (ownerId && ended && JOBS[job.name].announced) {
      await this.events.append(userStream(ownerId), `job.${state}`, toJobData(job));
    }
    // After the event: all that follows locks the stream first, and then what is its own.
    await this.followers.tell(job);
  }
}
