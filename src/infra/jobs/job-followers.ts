// Who has to hear that a job has ended or was started over, found by its decorator.

import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { JobName } from '../../contracts/jobs.js';
import { decoratedMethods } from './decorated-methods.js';
import { FOLLOWS_JOB, type FollowMethod } from './follows-job.decorator.js';
import type { JobEntity } from './job.entity.js';

interface Follower {
  readonly name: JobName;
  readonly follow: FollowMethod;
}

@Injectable()
export class JobFollowers {
  private followers: readonly Follower[] | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  /** Tells them, one after the other, as part of the open transaction. */
  async tell(job: JobEntity): Promise<void> {
    for (const { name, follow } of (this.followers ??= this.collect())) {
      if (name === job.name) await follow(job);
    }
  }

  private collect(): Follower[] {
    return decoratedMethods<JobName>(this.discovery, FOLLOWS_JOB).map(({ metadata, call }) => ({
      name: metadata,
      // The decorator has checked the signature.
      follow: call as FollowMethod,
    }));
  }
}
