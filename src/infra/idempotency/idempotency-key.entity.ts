import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The first answer to a request that carried an Idempotency-Key, kept for 24 hours. */
@Entity('idempotency_keys')
@Index('idempotency_keys_by_expiry', ['expiresAt'])
@Index('idempotency_keys_by_owner', ['ownerId'])
export class IdempotencyKeyEntity {
  /** A keyed hash of who asked, for what, and with which key. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'idempotency_keys_pkey' })
  id: Buffer;

  /** Who asked; null for those who were not signed in. */
  @Column('uuid', { nullable: true })
  ownerId: string | null;

  /** A keyed hash of the request; bodies may hold passwords. */
  @Column('bytea')
  fingerprint: Buffer;

  /** The answer, encrypted: it may hold a fresh API key. Null only inside the first request's transaction. */
  @Column({ type: 'bytea', nullable: true })
  answer: Buffer | null;

  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt: Date;
}
