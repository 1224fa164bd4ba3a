import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { Predictions } from '../../infra/learning/artifact/predictor.js';
import type { JobFailure } from '../../infra/jobs/job.entity.js';
import { UserEntity } from '../users/user.entity.js';

export const PREDICTION_STATES = ['pending', 'completed', 'failed'] as const;
export type PredictionState = (typeof PREDICTION_STATES)[number];

/** What a user asked a model, and what it answered. It stays when the model goes. */
@Entity('predictions')
@Check('predictions_state_check', `"state" IN ('pending', 'completed', 'failed')`)
@Index('predictions_by_owner', ['ownerId', 'id'])
@Index('predictions_by_time', ['createdAt'])
@Index('predictions_job_unique', ['jobId'], { unique: true })
export class PredictionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'predictions_pkey' })
  id: string;

  /** Who asked. */
  @Column('uuid')
  ownerId: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'predictions_owner_fkey' })
  owner?: never;

  @Column('uuid')
  modelId: string;

  /** Number of the version that answers. */
  @Column('integer')
  version: number;

  @Column('text')
  state: PredictionState;

  /** Null when it was too long to keep. */
  @Column('jsonb', { nullable: true })
  input: unknown;

  @Column('integer')
  rows: number;

  /** Null until it is there. */
  @Column('jsonb', { nullable: true })
  result: Predictions | null;

  @Column('boolean')
  cached: boolean;

  @Column('jsonb', { nullable: true })
  error: JobFailure | null;

  /** Of a prediction that was not waited for; its row goes long before this one. */
  @Column('uuid', { nullable: true })
  jobId: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt: Date;
}
