import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { SessionEntity } from './session.entity.js';

/** Every refresh token of a session; spent ones stay until they expire, so that their reuse is noticed. */
@Entity('refresh_tokens')
@Index('refresh_tokens_by_session', ['sessionId'])
@Index('refresh_tokens_by_expiry', ['expiresAt'])
export class RefreshTokenEntity {
  /** SHA-256: the token has 256 random bits, so a slow hash would add nothing. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'refresh_tokens_pkey' })
  tokenHash: Buffer;

  @Column('uuid')
  sessionId: string;

  @ManyToOne(() => SessionEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'session_id', foreignKeyConstraintName: 'refresh_tokens_session_fkey' })
  session?: never;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt: Date;

  /** When it was exchanged for its successor. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  usedAt: Date | null;
}
