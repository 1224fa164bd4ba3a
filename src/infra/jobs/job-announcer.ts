import { Injectable } from '@nestjs/common';
import { userStream } from '../../contracts/events.js';
import { JOBS } from '../../contracts/jobs.js';
import { Events } from '../events/events.js';
import { Realtime } from '../realtime/realtime.js';
import { toJobData } from './job-data.js';
import type { JobEntity } from './job.entity.js';

/** Tells the owner how a job gets on, and that it has ended: the end is an event of the transaction that ended it. */
@Injectable()
export class JobAnnouncer {
  constructor(
    private readonly events: Events,
    private readonly realtime: Realtime,
  ) {}

  /** Tells sockets only, and nothing of jobs that no person started; who misses it sees the next one. */
  announceProgress(job: JobEntity): void {
    if (!job.ownerId || !JOBS[job.name].announced) return;
    this.realtime.broadcast(userStream(job.ownerId), 'job.progress', toJobData(job));
  }

  /** Does nothing for jobs that no person started. Call it last in the transaction: it locks the stream. */
  async announceEnd(job: JobEntity): Promise<void> {
    if (!job.ownerId || !JOBS[job.name].announced) return;
    if (job.state === 'succeeded' || job.state === 'failed' || job.state === 'canceled') {
      await this.events.append(userStream(job.ownerId), `job.${job.state}`, toJobData(job));
    }
  }
}
