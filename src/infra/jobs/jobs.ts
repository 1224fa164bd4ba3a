// Background jobs for callers. A job is a row of the caller's own transaction: once that has committed the
// job will run, whatever happens to Redis or to any process.

import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { AppError } from '../../common/errors/app-error.js';
import { currentContext } from '../../common/request-context/request-context.js';
import { JOBS, type JobName, type JobPayload } from '../../contracts/jobs.js';
import { Database } from '../database/database.js';
import { RedisMessages } from '../redis/redis-messages.js';
import { HELD_UNTIL, HeldJobsRepository } from './held-jobs.repository.js';
import { JobAnnouncer } from './job-announcer.js';
import type { JobEntity } from './job.entity.js';
import { JobFollowers } from './job-followers.js';
import { JobsRepository, type JobFilter } from './jobs.repository.js';
import { RelayBell } from './relay-bell.js';

/** Message to all workers: look whether the job with this id is canceled. */
export const CANCEL_CHANNEL = 'jobs.cancel';

export interface EnqueueOptions {
  /** Whose job it is: they can see and cancel it. */
  readonly ownerId?: string;
  /** At most one job has this key, ever; enqueueing another one does nothing. */
  readonly dedupeKey?: string;
  /** Not before this time. */
  readonly runAt?: Date;
}

@Injectable()
export class Jobs {
  constructor(
    private readonly database: Database,
    private readonly repository: JobsRepository,
    private readonly held: HeldJobsRepository,
    private readonly announcer: JobAnnouncer,
    private readonly followers: JobFollowers,
    private readonly bell: RelayBell,
    private readonly messages: RedisMessages,
  ) {}

  /**
   * Accepts a job, in the open transaction if there is one; one SQL statement, and never a wait for Redis.
   * @returns the id of the new job, or of the one that has the dedupe key
   */
  async enqueue<Name extends JobName>(
    name: Name,
    payload: JobPayload<Name>,
    options: EnqueueOptions = {},
  ): Promise<{ id: string }> {
    const { ownerId, dedupeKey, runAt = firstRunAt(name) } = options;
    const requestId = currentContext()?.requestId;
    const { maxAttempts } = JOBS[name];
    const id = await this.repository.insert({
      id: uuid(),
      name,
      payload,
      ownerId,
      dedupeKey,
      maxAttempts,
      runAt,
      requestId,
    });
    if (id === undefined) return { id: await this.holderOf(dedupeKey) };
    this.database.afterCommit(() => this.bell.ring());
    return { id };
  }

  /**
   * @param ownerId undefined: whoever owns it
   * @throws AppError job_not_found
   */
  async get(id: string, ownerId: string | undefined): Promise<JobEntity> {
    const job = await this.repository.find(id, ownerId);
    if (!job) throw new AppError('job_not_found');
    return job;
  }

  /** Jobs that match, newest first. */
  async list(filter: JobFilter): Promise<JobEntity[]> {
    return this.repository.list(filter);
  }

  /**
   * Cancels a waiting job at once, and a running one within two seconds.
   * @param ownerId undefined: whoever owns it
   * @throws AppError job_not_found, job_already_finished
   */
  async cancel(id: string, ownerId: string | undefined): Promise<JobEntity> {
    return this.database.transaction(async () => {
      await this.get(id, ownerId);
      const job = await this.repository.cancel(id);
      if (!job) throw new AppError('job_already_finished');
      if (job.state === 'running') this.database.afterCommit(() => this.messages.publish(CANCEL_CHANNEL, id));
      else await this.announcer.announceEnd(job);
      return job;
    });
  }

  /**
   * Starts a failed or canceled job over, with all its attempts.
   * @throws AppError job_not_found, job_not_failed
   */
  async retry(id: string): Promise<JobEntity> {
    return this.database.transaction(async () => {
      const { name } = await this.get(id, undefined);
      const job = await this.repository.retry(id, firstRunAt(name));
      if (!job) throw new AppError('job_not_failed');
      await this.followers.tell(job);
      this.database.afterCommit(() => this.bell.ring());
      return job;
    });
  }

  /**
   * Lets the oldest held jobs of one owner run, so that at most `most` of this name wait or run at the same time.
   * Part of the open transaction: others who release jobs of the same name and owner wait for its end.
   * @returns how many were released
   */
  async releaseHeld(name: JobName, ownerId: string, most: number): Promise<number> {
    return this.database.transaction(async () => {
      const released = await this.held.release(name, ownerId, most);
      if (released > 0) this.database.afterCommit(() => this.bell.ring());
      return released;
    });
  }

  /** The owners of held jobs of this name. */
  async heldOwners(name: JobName): Promise<string[]> {
    return (await this.held.owners(name)).map(({ ownerId }) => ownerId);
  }

  private async holderOf(dedupeKey: string | undefined): Promise<string> {
    const id = dedupeKey === undefined ? undefined : await this.repository.idByDedupeKey(dedupeKey);
    if (id === undefined) throw new Error(`the job that holds the dedupe key ${dedupeKey ?? ''} has gone`);
    return id;
  }
}

/** Undefined: now. */
function firstRunAt(name: JobName): Date | undefined {
  return JOBS[name].held ? HELD_UNTIL : undefined;
}
