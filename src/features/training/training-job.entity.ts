import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { JobData } from '../../contracts/events.js';
import type { TrainingLogLine, TrainingMetrics } from '../../contracts/training.js';
import { ModelEntity } from '../models/model.entity.js';
import type { TrainingRequest, TrainingSource } from './training-request.js';

/** What a job `training.run` is to do, and what came of it. It stays as long as its model, its job a week. */
@Entity('training_jobs')
@Index('training_jobs_by_model', ['modelId', 'jobId'])
export class TrainingJobEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'training_jobs_pkey' })
  jobId: string;

  @Column('uuid')
  modelId: string;

  @ManyToOne(() => ModelEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'model_id', foreignKeyConstraintName: 'training_jobs_model_fkey' })
  model?: never;

  /** The owner of the model, with whom that goes. */
  @Column('uuid')
  ownerId: string;

  /** The dataset may be gone. */
  @Column('uuid')
  datasetId: string;

  @Column('jsonb')
  request: TrainingRequest;

  /** The table of the dataset, as it was when the training was accepted: it never changes. */
  @Column('jsonb')
  source: TrainingSource;

  @Column('jsonb', { nullable: true })
  metrics: TrainingMetrics | null;

  /** Number of the version that it made. */
  @Column('integer', { nullable: true })
  version: number | null;

  /** The newest lines. */
  @Column('jsonb', { default: [] })
  log: TrainingLogLine[];

  /** Object from which an interrupted training goes on; see training-checkpoints.ts. */
  @Column('text', { nullable: true })
  checkpointKey: string | null;

  /** The job as it ended, for when its row is gone. */
  @Column('jsonb', { nullable: true })
  ended: JobData | null;
}
