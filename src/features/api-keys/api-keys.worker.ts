// Reminds owners of keys that are about to expire. It comes by the clock, every hour.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { HandlesJob } from '../../infra/jobs/handles-job.decorator.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import type { JobOutcome, RunningJob } from '../../infra/jobs/running-job.js';
import { Notifications } from '../../infra/notifications/notifications.js';
import { ApiKeyRemindersRepository, type DueReminder } from './api-key-reminders.repository.js';

const BATCH = 100;

@Injectable()
export class ApiKeysWorker {
  constructor(
    private readonly database: Database,
    private readonly reminders: ApiKeyRemindersRepository,
    private readonly jobs: Jobs,
    private readonly notifications: Notifications,
  ) {}

  /** Each batch commits with its mails and notifications, so repeating the job repeats no reminder. */
  @HandlesJob('api_keys.remind')
  async remind(job: RunningJob<'api_keys.remind'>): Promise<JobOutcome<'api_keys.remind'>> {
    let reminded = 0;
    while (!job.signal.aborted) {
      const batch = await this.remindBatch();
      reminded += batch;
      if (batch < BATCH) break;
    }
    return { result: { reminded } };
  }

  private remindBatch(): Promise<number> {
    return this.database.transaction(async () => {
      const due = await this.reminders.take(BATCH);
      for (const reminder of due) await this.sendMail(reminder);
      for (const reminder of byUser(due)) await this.notify(reminder);
      return due.length;
    });
  }

  private async sendMail({ userId, expiresAt, ...key }: DueReminder): Promise<void> {
    await this.jobs.enqueue(
      'mail.api_key_expiring',
      { userId, ...key, expiresAt: expiresAt.toISOString() },
      { ownerId: userId, dedupeKey: `mail.api_key_expiring:${key.apiKeyId}:${key.days}` },
    );
  }

  private async notify({ userId, expiresAt, ...key }: DueReminder): Promise<void> {
    await this.notifications.create(userId, 'api_key_expiring', {
      ...key,
      expiresAt: expiresAt.toISOString(),
    });
  }
}

/** In this order everybody locks several users' streams. */
function byUser(due: readonly DueReminder[]): DueReminder[] {
  return [...due].sort((one, other) => one.userId.localeCompare(other.userId));
}
