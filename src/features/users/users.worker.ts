import { Injectable } from '@nestjs/common';
import { HandlesJob } from '../../infra/jobs/handles-job.decorator.js';
import type { JobOutcome, RunningJob } from '../../infra/jobs/running-job.js';
import { AccountErasure } from './account-erasure.js';
import { ForgottenPasswords } from './forgotten-passwords.js';

/** What happens to accounts in the background. */
@Injectable()
export class UsersWorker {
  constructor(
    private readonly erasure: AccountErasure,
    private readonly forgottenPasswords: ForgottenPasswords,
  ) {}

  /** Looks up who asked to reset a password; an unknown address ends here. */
  @HandlesJob('account.reset_request')
  async sendResetLink(
    job: RunningJob<'account.reset_request'>,
  ): Promise<JobOutcome<'account.reset_request'>> {
    const { email } = job.payload;
    return { result: null, effects: () => this.forgottenPasswords.sendLink(email) };
  }

  /** Removes an account at the end of its grace period. All of it is an effect: it happens in the transaction that ends the job, and so once. */
  @HandlesJob('account.purge')
  async purge(job: RunningJob<'account.purge'>): Promise<JobOutcome<'account.purge'>> {
    const { userId } = job.payload;
    return {
      result: null,
      effects: async () => {
        await this.erasure.eraseIfDue(userId);
      },
    };
  }
}
