import { Injectable } from '@nestjs/common';
import { HandlesJob } from './handles-job.decorator.js';
import { PurgeTasks } from './purge-tasks.js';
import type { JobOutcome, RunningJob } from './running-job.js';

/** The hourly purge. */
@Injectable()
export class PurgeWorker {
  constructor(private readonly tasks: PurgeTasks) {}

  @HandlesJob('system.purge')
  async purge(job: RunningJob<'system.purge'>): Promise<JobOutcome<'system.purge'>> {
    return { result: { removed: await this.tasks.run(job.signal) } };
  }
}
