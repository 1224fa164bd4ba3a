import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { AccessChange, UserAccess } from './access-change.js';

/** One row per revocation or change of rights; kept as long as an older access token may live. */
@Entity('access_changes')
@Check(
  'access_changes_kind_check',
  `"kind" IN ('session_revoked', 'api_key_revoked', 'api_key_changed', 'user_changed')`,
)
@Index('access_changes_by_transaction', ['transactionId'])
@Index('access_changes_by_time', ['createdAt'])
export class AccessChangeEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'access_changes_pkey',
  })
  id: number;

  /** The transaction that wrote it: transactions may commit in another order than they write. */
  @Column('bigint')
  transactionId: number;

  @Column('text')
  kind: AccessChange['kind'];

  /** The session, API key or user. */
  @Column('uuid')
  subjectId: string;

  @Column('uuid')
  userId: string;

  /** For user_changed: what the user may from now on. */
  @Column('jsonb', { nullable: true })
  access: UserAccess | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
