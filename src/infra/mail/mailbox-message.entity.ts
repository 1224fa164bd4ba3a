import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** A mail that was delivered into the built-in mailbox, which stands in where no mail server is set. */
@Entity('mailbox_messages')
@Unique('mailbox_messages_message_unique', ['messageId'])
@Index('mailbox_messages_by_time', ['createdAt', 'id'])
@Index('mailbox_messages_by_owner', ['ownerId'])
@Index('mailbox_messages_by_recipient', { synchronize: false })
export class MailboxMessageEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'mailbox_messages_pkey' })
  id: string;

  @Column('text')
  to: string;

  @Column('text')
  type: string;

  @Column('text')
  subject: string;

  @Column('text')
  text: string;

  @Column('text')
  html: string;

  @Column('jsonb')
  headers: Record<string, string>;

  @Column('text')
  messageId: string;

  @Column('uuid')
  jobId: string;

  /** The user it was written to, whatever address they had. */
  @Column('uuid', { nullable: true })
  ownerId: string | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
