import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { StoredObjectEntity } from '../../infra/storage/stored-object.entity.js';
import { UserEntity } from '../users/user.entity.js';
import { FileEntity } from './file.entity.js';

/** A resumable upload. How far it has come is what the store has received, so no column says it. */
@Entity('uploads')
@Index('uploads_by_owner', ['ownerId', 'id'])
@Index('uploads_by_file', ['fileId'])
@Index('uploads_by_expiry', ['expiresAt'])
@Index('uploads_storage_key_unique', ['storageKey'], { unique: true })
export class UploadEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'uploads_pkey' })
  id: string;

  @Column('uuid')
  ownerId: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'uploads_owner_fkey' })
  owner?: never;

  @Column('text')
  filename: string;

  /** The Upload-Metadata header as it came. */
  @Column('text')
  metadata: string;

  /** Of the whole, as announced; in bytes, and taken of the quota. */
  @Column('bigint')
  size: number;

  /** Where the bytes arrive; null once they belong to the file. */
  @Column('text', { nullable: true })
  storageKey: string | null;

  @ManyToOne(() => StoredObjectEntity, { nullable: true })
  @JoinColumn({ name: 'storage_key', foreignKeyConstraintName: 'uploads_storage_key_fkey' })
  storedObject?: never;

  /** The file that the finished upload became; null before, and when that was deleted. */
  @Column('uuid', { nullable: true })
  fileId: string | null;

  @ManyToOne(() => FileEntity, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'file_id', foreignKeyConstraintName: 'uploads_file_fkey' })
  file?: never;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  finishedAt: Date | null;

  /** Until when the holder of the lock token alone may write. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lockedUntil: Date | null;

  @Column('uuid', { nullable: true })
  lockToken: string | null;

  /** Somebody waits for the holder of the lock to end. */
  @Column('boolean', { default: false })
  releaseRequested: boolean;
}
