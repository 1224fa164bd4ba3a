import { Injectable } from '@nestjs/common';
import { PurgeTask } from '../jobs/purge-task.decorator.js';
import { removeInBatches } from '../jobs/remove-in-batches.js';
import { EventsRepository } from './events.repository.js';

/** Forgets events that are older than 72 hours and not among the newest 10,000 of their stream. */
@Injectable()
export class EventsPurge {
  constructor(private readonly repository: EventsRepository) {}

  /** Returns how many events it removed. */
  @PurgeTask('events')
  purge(signal: AbortSignal): Promise<number> {
    return removeInBatches(signal, () => this.repository.purgeBatch());
  }
}
