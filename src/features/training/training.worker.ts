import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { HandlesJob } from '../../infra/jobs/handles-job.decorator.js';
import type { JobOutcome, RunningJob } from '../../infra/jobs/running-job.js';
import { ModelVersions } from '../models/model-versions.js';
import { TrainingAttempt } from './training-attempt.js';
import { TrainingRepository } from './training.repository.js';

/** Trains models in the background. */
@Injectable()
export class TrainingWorker {
  constructor(
    private readonly trainings: TrainingRepository,
    private readonly attempt: TrainingAttempt,
    private readonly versions: ModelVersions,
  ) {}

  /** However often it runs, one version comes of it, in the transaction that ends the job. */
  @HandlesJob('training.run')
  async run(job: RunningJob<'training.run'>): Promise<JobOutcome<'training.run'>> {
    const training = await this.trainings.findForRun(job.id);
    if (!training) throw new AppError('model_not_found', { detail: 'The model was deleted.' });
    const { metrics, hash, manifestBytes, storageKey } = await this.attempt.run(job, training);
    const { modelId } = training;
    return {
      result: { modelId, hash },
      effects: async () => {
        const trained = { modelId, trainingJobId: job.id, manifestBytes, storageKey };
        const version = await this.versions.addTrained(trained);
        await this.trainings.markTrained(job.id, version, metrics);
      },
    };
  }
}
