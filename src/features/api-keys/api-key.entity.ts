import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { Scope } from '../../contracts/scopes.js';
import { UserEntity } from '../users/user.entity.js';

/** A key of a user's scripts, without the key itself. */
@Entity('api_keys')
@Index('api_keys_hash_unique', ['keyHash'], { unique: true })
@Index('api_keys_by_user', ['userId', 'id'])
@Index('api_keys_by_expiry', ['expiresAt'])
@Index('api_keys_by_revocation', ['revokedAt'])
export class ApiKeyEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_keys_pkey' })
  id: string;

  @Column('uuid')
  userId: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'api_keys_user_fkey' })
  user?: never;

  /** SHA-256. */
  @Column('bytea', { select: false })
  keyHash?: Buffer;

  /** The first eight characters. */
  @Column('text')
  prefix: string;

  @Column('text')
  name: string;

  @Column('text', { array: true })
  scopes: Scope[];

  /** Of a rotated key: the end of the overlap. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  expiresAt: Date | null;

  /** When another key took its place. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  rotatedAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  revokedAt: Date | null;

  /** Some minutes behind at most. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lastUsedAt: Date | null;

  @Column('text', { nullable: true })
  lastUsedIp: string | null;

  /** The last reminder of its expiry: that many days before. */
  @Column('smallint', { nullable: true })
  remindedDays: number | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
