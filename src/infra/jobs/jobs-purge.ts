import { Injectable } from '@nestjs/common';
import { JobsRepository } from './jobs.repository.js';
import { PurgeTask } from './purge-task.decorator.js';
import { removeInBatches } from './remove-in-batches.js';

/** Forgets jobs that finished more than 7 days ago. */
@Injectable()
export class JobsPurge {
  constructor(private readonly repository: JobsRepository) {}

  /** Returns how many jobs it removed. */
  @PurgeTask('jobs')
  purge(signal: AbortSignal): Promise<number> {
    return removeInBatches(signal, () => this.repository.purgeBatch());
  }
}
