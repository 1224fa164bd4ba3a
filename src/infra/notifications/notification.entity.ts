import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { CausedNotification, NotificationDetails } from '../../contracts/notifications.js';

/** Something that a user is told in the application. */
@Entity('notifications')
@Index('notifications_by_time', ['userId', 'createdAt', 'id'])
@Index('notifications_unread', ['userId', 'createdAt', 'id'], {
  where: 'read_at IS NULL AND archived_at IS NULL',
})
@Index('notifications_by_age', ['createdAt'])
export class NotificationEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notifications_pkey' })
  id: string;

  @Column('uuid')
  userId: string;

  @Column('text')
  type: CausedNotification;

  @Column('text')
  title: string;

  @Column('text')
  body: string;

  @Column('jsonb')
  data: NotificationDetails[CausedNotification];

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  readAt: Date | null;

  /** Set: it is not in the feed any more, and does not count. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  archivedAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
