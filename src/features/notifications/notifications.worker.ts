// The mail jobs. All of them run the same way: what differs is the template.

import { Injectable } from '@nestjs/common';
import { HandlesJob } from '../../infra/jobs/handles-job.decorator.js';
import type { JobOutcome, RunningJob } from '../../infra/jobs/running-job.js';
import type { MailJobName } from './mail-templates.js';
import { MailsService } from './mails.service.js';

@Injectable()
export class NotificationsWorker {
  constructor(private readonly mails: MailsService) {}

  @HandlesJob('mail.verify_email')
  @HandlesJob('mail.welcome')
  @HandlesJob('mail.password_reset')
  @HandlesJob('mail.account_deletion')
  @HandlesJob('mail.security_notice')
  @HandlesJob('mail.task_created')
  @HandlesJob('mail.room_invitation')
  @HandlesJob('mail.api_key_expiring')
  @HandlesJob('mail.training_finished')
  @HandlesJob('mail.prediction_completed')
  sendMail<Name extends MailJobName>(job: RunningJob<Name>): Promise<JobOutcome<Name>> {
    return this.mails.send(job);
  }
}
