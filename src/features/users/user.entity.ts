import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Role, Tier } from '../../contracts/scopes.js';

// The unique and prefix indexes are on lower(…), which only the migrations can say.
@Entity('users')
@Check('users_role_check', `"role" IN ('user', 'admin')`)
@Check('users_tier_check', `"tier" IN ('free', 'pro', 'enterprise')`)
@Check('users_reachable_check', `"email" IS NOT NULL OR "username" IS NOT NULL`)
@Index('users_email_unique', { synchronize: false })
@Index('users_username_unique', { synchronize: false })
@Index('users_due_for_deletion', { synchronize: false })
@Index('users_username_prefix', { synchronize: false })
@Index('users_name_prefix', { synchronize: false })
@Index('users_email_prefix', { synchronize: false })
export class UserEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'users_pkey' })
  id: string;

  @Column('text', { nullable: true })
  email: string | null;

  @Column('text', { nullable: true })
  username: string | null;

  @Column('text', { nullable: true })
  name: string | null;

  @Column('text', { default: 'user' })
  role: Role;

  @Column('text', { default: 'free' })
  tier: Tier;

  @Column('boolean', { default: true })
  isActive: boolean;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  emailVerifiedAt: Date | null;

  /** PHC string of argon2id; read only where a password is checked. */
  @Column('text', { select: false })
  passwordHash?: string;

  /** Moves with the password itself, not when the same one is hashed anew. */
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  passwordChangedAt: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  deletionRequestedAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  deletesAt: Date | null;

  @Column('integer', { default: 1 })
  version: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
