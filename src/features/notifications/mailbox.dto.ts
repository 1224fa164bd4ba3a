import { z } from 'zod';
import { timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import type { MailboxMessageEntity } from '../../infra/mail/mailbox-message.entity.js';

export const listMailsSchema = z.strictObject({ to: z.string().max(254).optional(), ...pageFields });
export type ListMailsRequest = z.infer<typeof listMailsSchema>;

export const mailSummarySchema = z
  .object({ id: uuid, to: z.string(), type: z.string(), subject: z.string(), createdAt: timestamp })
  .meta({ id: 'MailSummary' });
export type MailSummary = z.infer<typeof mailSummarySchema>;

export const mailPageSchema = pageSchema(mailSummarySchema);

export const mailResponseSchema = mailSummarySchema
  .extend({
    text: z.string(),
    html: z.string(),
    headers: z.record(z.string(), z.string()),
    messageId: z.string(),
    jobId: uuid,
  })
  .meta({ id: 'Mail' });
export type MailResponse = z.infer<typeof mailResponseSchema>;

/** A mail as the list shows it. */
export function toMailSummary(mail: MailboxMessageEntity): MailSummary {
  return {
    id: mail.id,
    to: mail.to,
    type: mail.type,
    subject: mail.subject,
    createdAt: mail.createdAt.toISOString(),
  };
}

/** A whole mail. */
export function toMailResponse(mail: MailboxMessageEntity): MailResponse {
  return {
    ...toMailSummary(mail),
    text: mail.text,
    html: mail.html,
    headers: mail.headers,
    messageId: mail.messageId,
    jobId: mail.jobId,
  };
}
