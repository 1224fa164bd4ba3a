// What follows from the end of a training, whoever ends it: its events, what its owner is told, and whose turn is
// next. All of it in the transaction that ends the job.

import { Injectable } from '@nestjs/common';
import { userStream } from '../../contracts/events.js';
import { Database } from '../../infra/database/database.js';
import { Events } from '../../infra/events/events.js';
import { FollowsJob } from '../../infra/jobs/follows-job.decorator.js';
import { toJobData } from '../../infra/jobs/job-data.js';
import type { JobEntity } from '../../infra/jobs/job.entity.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Notifications } from '../../infra/notifications/notifications.js';
import { TrainingCheckpoints } from './training-checkpoints.js';
import { TrainingQueue } from './training-queue.js';
import { TrainingRepository, type EndedTraining } from './training.repository.js';

@Injectable()
export class TrainingEnds {
  constructor(
    private readonly database: Database,
    private readonly trainings: TrainingRepository,
    private readonly checkpoints: TrainingCheckpoints,
    private readonly queue: TrainingQueue,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly notifications: Notifications,
  ) {}

  @FollowsJob('training.run')
  async follow(job: JobEntity): Promise<void> {
    if (job.ownerId === null) return;
    // One that was started over waits for its turn as any other.
    if (job.state !== 'queued') await this.end(job, job.ownerId);
    await this.queue.advance(job.ownerId);
  }

  private async end(job: JobEntity, ownerId: string): Promise<void> {
    const training = await this.trainings.markEnded(job.id, toJobData(job));
    // Gone with its model.
    if (!training) return;
    const { checkpointKey } = training;
    if (checkpointKey !== null) this.database.afterCommit(() => this.checkpoints.drop(checkpointKey));
    await this.announce(job, ownerId, training);
    if (job.state !== 'canceled') await this.notify(job, ownerId, training);
  }

  private async announce(
    { id: jobId, state, error }: JobEntity,
    ownerId: string,
    { modelId, version, metrics }: EndedTraining,
  ): Promise<void> {
    const stream = userStream(ownerId);
    if (state === 'canceled') await this.events.append(stream, 'training.canceled', { jobId, modelId });
    if (state === 'failed' && error) {
      await this.events.append(stream, 'training.failed', { jobId, modelId, error });
    }
    if (state === 'succeeded' && version !== null && metrics) {
      await this.events.append(stream, 'training.succeeded', { jobId, modelId, version, metrics });
    }
  }

  private async notify(
    { id: jobId, error }: JobEntity,
    userId: string,
    { modelId, modelName: name, version }: EndedTraining,
  ): Promise<void> {
    const details = { jobId, modelId, name, version, reason: error?.detail ?? null };
    await this.jobs.enqueue('mail.training_finished', { userId, ...details }, { ownerId: userId });
    await this.notifications.create(userId, 'training_finished', details);
  }
}
