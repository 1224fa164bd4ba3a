import { createTransport } from 'nodemailer';
import type { MailConfig } from '../../config/app-config.js';
import { transportOptions } from '../../infra/mail/smtp-mailer.js';
import { connectionTrouble } from '../reach-database.js';
import { broken, ok, type Finding } from './finding.js';

/** Whether the mail server greets, and takes the name and password it is given. Sends nothing. */
export async function examineMail({ smtp }: MailConfig): Promise<Finding> {
  if (!smtp) return ok('mail', 'SMTP_HOST is not set: mails go to the built-in mailbox');
  const transport = createTransport(transportOptions(smtp));
  const server = `${smtp.host}:${smtp.port}`;
  try {
    await transport.verify();
    return ok('mail', `${server} takes mails`);
  } catch (error) {
    const detail = `${server} takes no mails (${connectionTrouble(error)})`;
    const mend =
      'check SMTP_HOST, SMTP_PORT, SMTP_TLS, SMTP_USERNAME and SMTP_PASSWORD, and that the server runs';
    return broken('mail', detail, mend);
  } finally {
    transport.close();
  }
}
