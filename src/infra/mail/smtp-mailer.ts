// Sends mail through a mail server. Every step has a time limit, so that a server which never answers
// costs one attempt and not a worker.

import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { AppError } from '../../common/errors/app-error.js';
import type { MailConfig, ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { Mailer, messageId, type OutgoingMail } from './mailer.js';

const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 10_000;
/** What a header could be smuggled in with, and what separates two addresses. */
const UNSAFE_ADDRESS = /[\s,;:<>()[\]\\"\p{Cc}]/u;
const MAX_ADDRESS_LENGTH = 254;

@Injectable()
export class SmtpMailer extends Mailer implements OnApplicationShutdown {
  private readonly transport: Transporter;
  private readonly from: string;

  constructor(@Inject(CONFIG) config: ServiceConfig) {
    super();
    if (!config.mail.smtp) throw new Error('SmtpMailer needs SMTP_HOST');
    this.from = config.mail.from;
    this.transport = createTransport(transportOptions(config.mail.smtp));
  }

  override async send(mail: OutgoingMail, signal: AbortSignal): Promise<void> {
    const { address, name } = mail.to;
    if (
      address.length > MAX_ADDRESS_LENGTH ||
      UNSAFE_ADDRESS.test(address) ||
      !/^[^@]+@[^@]+$/.test(address)
    ) {
      throw new AppError('mail_rejected', { detail: 'The address is not one plain e-mail address.' });
    }
    signal.throwIfAborted();
    try {
      await this.transport.sendMail({
        from: this.from,
        to: { address, name },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        messageId: mail.messageId,
        headers: { ...mail.headers },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    } catch (error) {
      throw deliveryError(error);
    }
  }

  override messageIdOf(jobId: string): string {
    return messageId(jobId, this.from);
  }

  onApplicationShutdown(): void {
    this.transport.close();
  }
}

/** How to reach the server, with a time limit on every step. */
export function transportOptions(smtp: NonNullable<MailConfig['smtp']>) {
  return {
    host: smtp.host,
    port: smtp.port,
    secure: smtp.tls === 'implicit',
    requireTLS: smtp.tls === 'starttls',
    ignoreTLS: smtp.tls === 'none',
    auth: smtp.username ? { user: smtp.username, pass: smtp.password ?? '' } : undefined,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: ANSWER_TIMEOUT_MS,
  };
}

/** A 5xx answer is final (RFC 5321 §4.2.1); all else, from 4xx to no answer, may go better next time. */
function deliveryError(error: unknown): AppError {
  const responseCode = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0;
  if (responseCode >= 500 && responseCode < 600) {
    return new AppError('mail_rejected', {
      detail: `The mail server answered ${responseCode}.`,
      cause: error,
    });
  }
  const detail =
    responseCode > 0 ? `The mail server answered ${responseCode}.` : 'The mail server did not take the mail.';
  return new AppError('mail_deferred', { detail, cause: error });
}
