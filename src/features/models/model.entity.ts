import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../users/user.entity.js';

export const MODEL_VISIBILITIES = ['private', 'public'] as const;
export type ModelVisibility = (typeof MODEL_VISIBILITIES)[number];

/** A model of a user: what it is for. What it can do is in its versions. */
@Entity('models')
@Check('models_visibility_check', `"visibility" IN ('private', 'public')`)
@Index('models_by_owner', ['ownerId', 'id'])
@Index('models_public', ['id'], { where: `visibility = 'public'` })
export class ModelEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'models_pkey' })
  id: string;

  @Column('uuid')
  ownerId: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'models_owner_fkey' })
  owner?: never;

  @Column('text')
  name: string;

  @Column('text')
  description: string;

  /** A public one may be read and asked by every user. */
  @Column('text')
  visibility: ModelVisibility;

  /** Grows with everything that a prediction may see: a new version, an alias, the visibility, the rest. */
  @Column('bigint')
  revision: number;

  /** The highest number a version has had; 0 before the first. */
  @Column('integer')
  lastNumber: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}

/** A model with its aliases: name to number of a version. */
export interface ModelRow extends ModelEntity {
  readonly aliases: Readonly<Record<string, number>>;
}
