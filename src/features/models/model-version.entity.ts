import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { ModelFeature, ModelManifest } from '../../infra/learning/artifact/model-manifest.js';
import { StoredObjectEntity } from '../../infra/storage/stored-object.entity.js';
import { ModelEntity } from './model.entity.js';

export type ModelSource = 'training' | 'upload';
export type ModelTask = ModelManifest['task'];
export type ClassLabel = string | number;

/** Something that predicts; it never changes. Its bytes are a stored object of their own. */
@Entity('model_versions')
@Check('model_versions_source_check', `"source" IN ('training', 'upload')`)
@Check('model_versions_task_check', `"task" IN ('classification', 'regression')`)
@Index('model_versions_number_unique', ['modelId', 'number'], { unique: true })
@Index('model_versions_training_job_unique', ['trainingJobId'], { unique: true })
@Index('model_versions_storage_key_unique', ['storageKey'], { unique: true })
export class ModelVersionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'model_versions_pkey' })
  id: string;

  @Column('uuid')
  modelId: string;

  @ManyToOne(() => ModelEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'model_id', foreignKeyConstraintName: 'model_versions_model_fkey' })
  model?: never;

  /** Counts from 1 within the model. */
  @Column('integer')
  number: number;

  @Column('text')
  source: ModelSource;

  @Column('text')
  algorithm: string;

  @Column('text')
  task: ModelTask;

  @Column('jsonb')
  features: ModelFeature[];

  /** Null for an upload: its file does not say. */
  @Column('text', { nullable: true })
  target: string | null;

  /** Of a classification, in the order of its probabilities. */
  @Column('jsonb', { nullable: true })
  classes: ClassLabel[] | null;

  /** On rows that the training never saw; null for an upload. */
  @Column('jsonb', { nullable: true })
  metrics: ModelManifest['metrics'] | null;

  @Column('jsonb', { nullable: true })
  importance: ModelManifest['importance'] | null;

  @Column('jsonb', { nullable: true })
  learningCurve: ModelManifest['learningCurve'] | null;

  /** What tells how to read the bytes: manifest.json of a training, the signature of an upload. */
  @Column('bytea', { select: false })
  manifest: Buffer;

  /** Of the manifest; 32 bytes. */
  @Column('bytea', { select: false })
  manifestSha256: Buffer;

  @Column('text')
  storageKey: string;

  @ManyToOne(() => StoredObjectEntity, { nullable: false })
  @JoinColumn({ name: 'storage_key', foreignKeyConstraintName: 'model_versions_storage_key_fkey' })
  storedObject?: never;

  /** Of the stored bytes; 32 bytes. */
  @Column('bytea')
  sha256: Buffer;

  /** Of the stored bytes. */
  @Column('bigint')
  sizeBytes: number;

  /** One version per training job, however often that ran. */
  @Column('uuid', { nullable: true })
  trainingJobId: string | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
