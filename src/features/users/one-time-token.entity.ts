import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from './user.entity.js';

/** What a mailed token may be used for. */
export type OneTimeTokenPurpose = 'verify_email' | 'reset_password' | 'cancel_deletion';

@Entity('one_time_tokens')
@Index('one_time_tokens_hash_unique', ['tokenHash'], { unique: true })
@Index('one_time_tokens_by_user', ['userId', 'purpose'])
@Index('one_time_tokens_by_expiry', ['expiresAt'])
export class OneTimeTokenEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'one_time_tokens_pkey' })
  id: string;

  @Column('uuid')
  userId: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'one_time_tokens_user_fkey' })
  user?: never;

  @Column('text')
  purpose: OneTimeTokenPurpose;

  /** SHA-256. */
  @Column('bytea')
  tokenHash: Buffer;

  /** What the token is about, such as the address it verifies. */
  @Column('jsonb', { nullable: true })
  data: Record<string, string> | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  usedAt: Date | null;
}
