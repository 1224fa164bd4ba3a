// Sends the mail that a job stands for.

import { Inject, Injectable } from '@nestjs/common';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import type { JobPayload, MailResult } from '../../contracts/jobs.js';
import { isSwitchable } from '../../contracts/notifications.js';
import type { JobOutcome, RunningJob } from '../../infra/jobs/running-job.js';
import { Mailer } from '../../infra/mail/mailer.js';
import { Metrics } from '../../infra/metrics/metrics.js';
import { OneTimeTokens } from '../users/one-time-tokens.js';
import { UsersService, type Contact } from '../users/users.service.js';
import { renderMail, type MailContent } from './mail-layout.js';
import { MAIL_TEMPLATES, type MailJobName } from './mail-templates.js';
import { NotificationPreferencesService } from './notification-preferences.service.js';
import { UnsubscribeTokens } from './unsubscribe-tokens.js';

/** Somebody who gets a mail. */
interface Addressee {
  readonly address: string;
  readonly name: string | null;
}

@Injectable()
export class MailsService {
  constructor(
    private readonly mailer: Mailer,
    private readonly users: UsersService,
    private readonly oneTimeTokens: OneTimeTokens,
    private readonly preferences: NotificationPreferencesService,
    private readonly unsubscribeTokens: UnsubscribeTokens,
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
    const { userId } = job.payload;
    const type = job.name.slice('mail.'.length);
    const addressee = await this.addresseeOf(job.payload);
    if (!addressee || !(await this.preferences.wantsMail(userId, type))) {
      return { result: { messageId, sent: false } satisfies MailResult };
    }
    const unsubscribeUrl = this.unsubscribeUrl(userId, type);
    if (job.attempt > 1) this.metrics.mailResent();
    await this.mailer.send(
      {
        ...renderMail(this.contentOf(job.name, job.payload, type, unsubscribeUrl), addressee.name),
        to: { address: addressee.address, name: addressee.name ?? '' },
        type,
        messageId,
        jobId: job.id,
        userId,
        headers: { 'X-Request-Id': job.requestId, ...unsubscribeHeaders(unsubscribeUrl) },
      },
      job.signal,
    );
    return { result: { messageId, sent: true } satisfies MailResult };
  }

  /**
   * Who gets the mail: the user at their present address, unless the payload names one, or the token in the
   * mail proves another. Nobody for an account that has gone, or a token that is good for nothing any more.
   */
  private async addresseeOf(payload: JobPayload<MailJobName>): Promise<Addressee | undefined> {
    const contact = await this.users.findContact(payload.userId);
    if (!contact) return undefined;
    const address = await this.addressOf(payload, contact);
    return address === null ? undefined : { address, name: contact.name };
  }

  private async addressOf(payload: JobPayload<MailJobName>, contact: Contact): Promise<string | null> {
    if ('email' in payload && payload.email !== undefined) return payload.email;
    if (!('oneTimeTokenId' in payload)) return contact.email;
    const token = await this.oneTimeTokens.findGood(payload.oneTimeTokenId);
    return token ? (token.data?.['email'] ?? contact.email) : null;
  }

  private contentOf<Name extends MailJobName>(
    name: Name,
    payload: JobPayload<Name>,
    type: string,
    unsubscribeUrl: string | undefined,
  ): MailContent {
    const oneTimeToken =
      'oneTimeTokenId' in payload ? this.oneTimeTokens.plainToken(payload.oneTimeTokenId) : null;
    const content = MAIL_TEMPLATES[name](payload, { publicUrl: this.config.http.publicUrl, oneTimeToken });
    if (unsubscribeUrl === undefined) return content;
    const footer = `You get this mail because mails about “${type.replaceAll('_', ' ')}” are switched on.`;
    return { ...content, footer, footerAction: { label: 'Switch them off', url: unsubscribeUrl } };
  }

  /** Where these mails are ended; undefined for those that nobody can switch off. */
  private unsubscribeUrl(userId: string, type: string): string | undefined {
    if (!isSwitchable(type)) return undefined;
    const token = this.unsubscribeTokens.create({ userId, type });
    return `${this.config.http.publicUrl}/api/v1/notifications/unsubscribe?token=${token}`;
  }
}

/** One click in the mail program (RFC 8058 §3.1). */
function unsubscribeHeaders(url: string | undefined): Record<string, string> {
  if (url === undefined) return {};
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}
