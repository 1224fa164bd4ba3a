// Whose turn it is: a user's trainings run a few at a time, by tier, and the others wait, the oldest first.

import { Injectable } from '@nestjs/common';
import { Jobs } from '../../infra/jobs/jobs.js';
import { PurgeTask } from '../../infra/jobs/purge-task.decorator.js';
import { TRAININGS_AT_ONCE } from './training-limits.js';
import { TrainingRepository } from './training.repository.js';

@Injectable()
export class TrainingQueue {
  constructor(
    private readonly jobs: Jobs,
    private readonly trainings: TrainingRepository,
  ) {}

  /**
   * Lets as many waiting trainings of the user run as there is room for. Call it last in the transaction that
   * added one or ended one: others of the same user wait for its commit, so the limit holds under any race.
   */
  async advance(ownerId: string): Promise<number> {
    const tier = await this.trainings.tierOf(ownerId);
    return tier ? this.jobs.releaseHeld('training.run', ownerId, TRAININGS_AT_ONCE[tier]) : 0;
  }

  /** Makes up for a turn that nobody gave, such as after a change of tier; returns how many got theirs. */
  @PurgeTask('heldTrainings')
  async advanceAll(signal: AbortSignal): Promise<number> {
    let advanced = 0;
    for (const ownerId of await this.jobs.heldOwners('training.run')) {
      if (signal.aborted) break;
      advanced += await this.advance(ownerId);
    }
    return advanced;
  }
}
