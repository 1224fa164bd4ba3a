import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { SwitchableNotification } from '../../contracts/notifications.js';
import { UserEntity } from '../users/user.entity.js';

/** How a user wants to hear of one type; without a row, by every channel. */
@Entity('notification_preferences')
export class NotificationPreferenceEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notification_preferences_pkey' })
  userId: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'notification_preferences_user_fkey' })
  user?: never;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'notification_preferences_pkey' })
  type: SwitchableNotification;

  @Column('boolean', { default: true })
  inApp: boolean;

  @Column('boolean', { default: true })
  email: boolean;
}
