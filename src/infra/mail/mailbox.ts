// The built-in mailbox: a table that takes the mails while no mail server is set, and shows them.

import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { Database } from '../database/database.js';
import { ErasesUser } from '../erasure/erases-user.decorator.js';
import type { ErasedUser } from '../erasure/erased-user.js';
import { MailboxMessageEntity } from './mailbox-message.entity.js';
import { Mailer, messageId, type OutgoingMail } from './mailer.js';

export type MailboxPosition = readonly [createdAt: string, id: string];

@Injectable()
export class Mailbox extends Mailer {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: ServiceConfig,
  ) {
    super();
  }

  /** Keeps the mail; one with the same Message-ID is kept once. */
  override async send(mail: OutgoingMail): Promise<void> {
    await this.database.query(
      `INSERT INTO mailbox_messages (id, "to", type, subject, text, html, headers, message_id, job_id, owner_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (message_id) DO NOTHING`,
      [
        uuidv7(),
        mail.to.address,
        mail.type,
        mail.subject,
        mail.text,
        mail.html,
        JSON.stringify({ ...mail.headers, From: this.config.mail.from, To: mail.to.address }),
        mail.messageId,
        mail.jobId,
        mail.userId,
      ],
    );
  }

  override messageIdOf(jobId: string): string {
    return messageId(jobId, this.config.mail.from);
  }

  /** Removes the mails to a user, whatever address they had, and those to the address they have. */
  @ErasesUser('mailbox')
  async erase(user: ErasedUser): Promise<number> {
    const rows = await this.database.query(
      'DELETE FROM mailbox_messages WHERE owner_id = $1 OR lower("to") = lower($2) RETURNING id',
      [user.id, user.email],
    );
    return rows.length;
  }

  /**
   * Up to `limit` mails, newest first.
   * @param to only those to this address, whatever the case
   * @param after the position of the last one shown so far
   */
  list(
    to: string | undefined,
    limit: number,
    after: MailboxPosition | undefined,
  ): Promise<MailboxMessageEntity[]> {
    return this.database.query<MailboxMessageEntity>(
      `SELECT ${this.database.columns(MailboxMessageEntity)} FROM mailbox_messages
       WHERE ($1::text IS NULL OR lower("to") = lower($1))
         AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
       ORDER BY created_at DESC, id DESC
       LIMIT $4`,
      [to ?? null, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
  }

  async find(id: string): Promise<MailboxMessageEntity | undefined> {
    const [row] = await this.database.query<MailboxMessageEntity>(
      `SELECT ${this.database.columns(MailboxMessageEntity)} FROM mailbox_messages WHERE id = $1`,
      [id],
    );
    return row;
  }
}
