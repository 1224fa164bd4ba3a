import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { StoredObjectEntity } from '../../infra/storage/stored-object.entity.js';
import { UserEntity } from '../users/user.entity.js';

/** A file of a user: what is known about it. Its bytes are a stored object of their own. */
@Entity('files')
@Index('files_by_owner', ['ownerId', 'id'])
@Index('files_storage_key_unique', ['storageKey'], { unique: true })
export class FileEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'files_pkey' })
  id: string;

  @Column('uuid')
  ownerId: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'files_owner_fkey' })
  owner?: never;

  /** As the client named it, without directories; see file-names.ts. */
  @Column('text')
  filename: string;

  /** In bytes. */
  @Column('bigint')
  size: number;

  /** Told by the content, never by the client; see file-types.ts. */
  @Column('text')
  contentType: string;

  /** Of the whole content; 32 bytes. */
  @Column('bytea')
  sha256: Buffer;

  @Column('text')
  storageKey: string;

  @ManyToOne(() => StoredObjectEntity, { nullable: false })
  @JoinColumn({ name: 'storage_key', foreignKeyConstraintName: 'files_storage_key_fkey' })
  storedObject?: never;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
