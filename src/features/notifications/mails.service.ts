// Sends the mail that a job stands for.

import { Inject, Injectable } from '@nestjs/common';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import type { JobPayload, MailResult } from '../../contracts/jobs.js';
import type { JobOutcome, RunningJob } from '../../infra/jobs/running-job.js';
import { Mailer } from '../../infra/mail/mailer.js';
import { Metrics } from '../../infra/metrics/metrics.js';
import { OneTimeTokens } from '../users/one-time-tokens.js';
import { UsersService } from '../users/users.service.js';
import { renderMail, type MailContent } from './mail-layout.js';
import { MAIL_TEMPLATES, type MailJobName } from './mail-templates.js';

@Injectable()
export class MailsService {
  constructor(
    private readonly mailer: Mailer,
    private readonly users: UsersService,
    private readonly oneTimeTokens: OneTimeTokens,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: ServiceConfig,
  ) {}

  /**
   * Writes and sends the mail of `job`. It goes out at least once: when the process dies between the
   * server's "250" and our commit, the next attempt sends it again with the same Message-ID.
   * @throws AppError mail_deferred, mail_rejected
   */
  async send<Name extends MailJobName>(job: RunningJob<Name>): Promise<JobOutcome<Name>> {
    const messageId = this.mailer.messageIdOf(job.id);
    const contact = await this.users.findContact(job.payload.userId);
    if (!contact?.email) return { result: { messageId, sent: false } satisfies MailResult };
    const rendered = renderMail(this.contentOf(job.name, job.payload), contact.name);
    const type = job.name.slice('mail.'.length);
    if (job.attempt > 1) this.metrics.mailResent();
    await this.mailer.send(
      {
        ...rendered,
        to: { address: contact.email, name: contact.name ?? '' },
        type,
        messageId,
        jobId: job.id,
        headers: job.requestId ? { 'X-Request-Id': job.requestId } : {},
      },
      job.signal,
    );
    return { result: { messageId, sent: true } satisfies MailResult };
  }

  private contentOf<Name extends MailJobName>(name: Name, payload: JobPayload<Name>): MailContent {
    const oneTimeToken =
      'oneTimeTokenId' in payload ? this.oneTimeTokens.plainToken(payload.oneTimeTokenId) : null;
    return MAIL_TEMPLATES[name](payload, { publicUrl: this.config.http.publicUrl, oneTimeToken });
  }
}
