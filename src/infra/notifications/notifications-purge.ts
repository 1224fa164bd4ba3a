import { Injectable } from '@nestjs/common';
import { PurgeTask } from '../jobs/purge-task.decorator.js';
import { NotificationsRepository } from './notifications.repository.js';

/** Forgets notifications that are older than 90 days. */
@Injectable()
export class NotificationsPurge {
  constructor(private readonly repository: NotificationsRepository) {}

  /** Returns how many notifications it removed. */
  @PurgeTask('notifications')
  async purge(signal: AbortSignal): Promise<number> {
    let removed = 0;
    for (;;) {
      const batch = signal.aborted ? 0 : await this.repository.purgeBatch();
      if (batch === 0) return removed;
      removed += batch;
    }
  }
}
