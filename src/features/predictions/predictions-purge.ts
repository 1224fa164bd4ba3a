import { Injectable } from '@nestjs/common';
import { PurgeTask } from '../../infra/jobs/purge-task.decorator.js';
import { removeInBatches } from '../../infra/jobs/remove-in-batches.js';
import { PredictionNotes } from './prediction-notes.js';
import { PredictionsRepository } from './predictions.repository.js';

/** Forgets predictions that are older than 30 days. */
@Injectable()
export class PredictionsPurge {
  constructor(
    private readonly predictions: PredictionsRepository,
    private readonly notes: PredictionNotes,
  ) {}

  /** Returns how many predictions it removed. Writes what killed processes have noted first. */
  @PurgeTask('predictions')
  async purge(signal: AbortSignal): Promise<number> {
    await this.notes.settle();
    return removeInBatches(signal, () => this.predictions.purgeBatch());
  }
}
