import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type {
  ColumnProfile,
  CsvDelimiter,
  DatasetError,
  DatasetState,
  DecimalMark,
  SampleRow,
} from '../../contracts/datasets.js';
import { StoredObjectEntity } from '../../infra/storage/stored-object.entity.js';
import { FileEntity } from '../files/file.entity.js';

/** A table that a file of a user was read into. What the table is, is known once it is ready. */
@Entity('datasets')
@Check('datasets_state_check', `"state" IN ('profiling', 'ready', 'invalid')`)
@Check('datasets_ready_check', `"state" <> 'ready' OR "storage_key" IS NOT NULL`)
@Index('datasets_by_owner', ['ownerId', 'id'])
@Index('datasets_by_file', ['fileId'])
@Index('datasets_storage_key_unique', ['storageKey'], { unique: true })
export class DatasetEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'datasets_pkey' })
  id: string;

  @Column('uuid')
  ownerId: string;

  // By name: the table refers to users, the code of this feature does not use them.
  @ManyToOne('UserEntity', { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'datasets_owner_fkey' })
  owner?: never;

  /** Null once the file is deleted: the dataset does without it. */
  @Column('uuid', { nullable: true })
  fileId: string | null;

  @ManyToOne(() => FileEntity, { onDelete: 'SET NULL' })
  @JoinColumn({ name: 'file_id', foreignKeyConstraintName: 'datasets_file_fkey' })
  file?: never;

  /** The job that profiles it; its row goes long before this one. */
  @Column('uuid')
  jobId: string;

  @Column('text')
  state: DatasetState;

  @Column('jsonb', { nullable: true })
  error: DatasetError | null;

  @Column('bigint', { nullable: true })
  rows: number | null;

  @Column('jsonb', { nullable: true })
  columns: ColumnProfile[] | null;

  @Column('jsonb', { nullable: true })
  sample: SampleRow[] | null;

  /** The table, as Parquet. */
  @Column('text', { nullable: true })
  storageKey: string | null;

  @ManyToOne(() => StoredObjectEntity)
  @JoinColumn({ name: 'storage_key', foreignKeyConstraintName: 'datasets_storage_key_fkey' })
  storedObject?: never;

  /** Of the Parquet file; 32 bytes. */
  @Column('bytea', { nullable: true })
  sha256: Buffer | null;

  /** As its owner said, then as it was read. */
  @Column('text', { nullable: true })
  delimiter: CsvDelimiter | null;

  @Column('text', { nullable: true })
  decimal: DecimalMark | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
