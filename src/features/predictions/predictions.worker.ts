import { Injectable } from '@nestjs/common';
import { userStream } from '../../contracts/events.js';
import { Events } from '../../infra/events/events.js';
import { HandlesJob } from '../../infra/jobs/handles-job.decorator.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import type { JobOutcome, RunningJob } from '../../infra/jobs/running-job.js';
import type { Predictions } from '../../infra/learning/artifact/predictor.js';
import { Notifications } from '../../infra/notifications/notifications.js';
import { ModelsService } from '../models/models.service.js';
import { rowsOf, type PredictionInput } from './prediction-input.js';
import type { PredictionEntity } from './prediction.entity.js';
import { PredictionsRepository } from './predictions.repository.js';
import { Predictors } from './predictors.js';

/** Predictions in the background. */
@Injectable()
export class PredictionsWorker {
  constructor(
    private readonly predictions: PredictionsRepository,
    private readonly models: ModelsService,
    private readonly predictors: Predictors,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly notifications: Notifications,
  ) {}

  /** Computes a prediction that was accepted. Fails when its model has gone or is not to be asked any more. */
  @HandlesJob('prediction.run')
  async run(job: RunningJob<'prediction.run'>): Promise<JobOutcome<'prediction.run'>> {
    const { predictionId } = job.payload;
    const prediction = await this.predictions.findPending(predictionId);
    if (!prediction) return { result: { predictionId, rows: 0 } };
    const { ownerId, modelId, version, rows } = prediction;
    const { name } = await this.models.requireReadable({ userId: ownerId }, modelId);
    const model = await this.predictors.get(modelId, version);
    const result = await model.predict(rowsOf(prediction.input as PredictionInput), {
      signal: job.signal,
      onProgress: (share) => job.reportProgress(share * 100),
    });
    return {
      result: { predictionId, rows },
      effects: () => this.complete(prediction, name, result),
    };
  }

  private async complete(prediction: PredictionEntity, name: string, result: Predictions): Promise<void> {
    const { id, ownerId, modelId, version, rows } = prediction;
    if (!(await this.predictions.complete(id, result))) return;
    const about = { predictionId: id, modelId, name, version, rows };
    await this.jobs.enqueue('mail.prediction_completed', { userId: ownerId, ...about }, { ownerId });
    await this.events.append(userStream(ownerId), 'prediction.completed', { id, modelId, version });
    await this.notifications.create(ownerId, 'prediction_completed', about);
  }
}
