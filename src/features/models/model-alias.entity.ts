import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ModelEntity } from './model.entity.js';

/** The alias that every model with a version has, and that each new version takes. */
export const LATEST = 'latest';

/** A name for a version of a model, that can move to another one. */
@Entity('model_aliases')
export class ModelAliasEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'model_aliases_pkey' })
  modelId: string;

  @ManyToOne(() => ModelEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'model_id', foreignKeyConstraintName: 'model_aliases_model_fkey' })
  model?: never;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'model_aliases_pkey' })
  name: string;

  @Column('integer')
  number: number;
}
