import { Injectable } from '@nestjs/common';
import { JobsRepository } from './jobs.repository.js';
import { PurgeTask } from './purge-task.decorator.js';

/** Forgets jobs that finished more than 7 days ago. */
@Injectable()
export class JobsPurge {
  constructor(private readonly repository: JobsRepository) {}

  /** Returns how many jobs it removed. */
  @PurgeTask('jobs')
  async purge(signal: AbortSignal): Promise<number> {
    let removed = 0;
    for (;;) {
      const batch = signal.aborted ? 0 : await this.repository.purgeBatch();
      if (batch === 0) return removed;
      removed += batch;
    }
  }
}
