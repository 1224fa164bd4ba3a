// Predictions that nobody waits for: accepted in one transaction with their job, computed by a worker.

import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/auth/principal.js';
import { AppError, invalidField } from '../../common/errors/app-error.js';
import { Database } from '../../infra/database/database.js';
import type { JobEntity } from '../../infra/jobs/job.entity.js';
import { FollowsJob } from '../../infra/jobs/follows-job.decorator.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { ModelsService, numberOf } from '../models/models.service.js';
import { askedOf, namingInput } from './asked-prediction.js';
import type { AcceptedPrediction, CreatePredictionRequest } from './predictions.dto.js';
import { PredictionsRepository } from './predictions.repository.js';
import { Predictors } from './predictors.js';

/** Rows times classes: some megabytes of JSON. */
const MOST_NUMBERS = 500_000;

@Injectable()
export class BackgroundPredictions {
  constructor(
    private readonly database: Database,
    private readonly models: ModelsService,
    private readonly predictors: Predictors,
    private readonly predictions: PredictionsRepository,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Accepts a prediction of the version that the request means now. Its input is checked here, so that what is
   * accepted can be answered.
   * @throws AppError model_not_found, model_version_not_found, model_damaged; validation_failed naming the feature
   */
  async accept(principal: Principal, request: CreatePredictionRequest): Promise<AcceptedPrediction> {
    const { rows, note } = askedOf(principal, request);
    const model = await this.models.requireReadable(principal, request.modelId);
    const version = numberOf(model, request.version);
    await namingInput(request.input, async () => {
      const loaded = await this.predictors.get(model.id, version);
      loaded.check(rows);
      if (rows.length * loaded.outputs > MOST_NUMBERS) {
        const most = Math.floor(MOST_NUMBERS / loaded.outputs);
        throw invalidField('input', `must have at most ${most} rows for a model of so many classes`);
      }
    });
    const { id, ownerId, createdAt } = note;
    const jobId = await this.database.transaction(async () => {
      const job = await this.jobs.enqueue('prediction.run', { predictionId: id }, { ownerId });
      // Whole, however long it is: the job needs it.
      await this.predictions.insertPending({ ...note, input: request.input, version, jobId: job.id });
      return job.id;
    });
    return { id, modelId: model.id, version, state: 'pending', jobId, createdAt };
  }

  /** A prediction has failed when its job has, and waits again when that is started over. */
  @FollowsJob('prediction.run')
  async follow(job: JobEntity): Promise<void> {
    if (job.state === 'queued') return this.predictions.startOver(job.id);
    if (job.state === 'canceled') return this.predictions.fail(job.id, canceled());
    if (job.state === 'failed') return this.predictions.fail(job.id, job.error ?? canceled());
  }
}

function canceled() {
  const { code, title } = new AppError('job_canceled');
  return { code, detail: title };
}
