import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../users/user.entity.js';
import { FileEntity } from './file.entity.js';

/** A link that lets anybody download a file. It outlives its file, to say that the file is gone. */
@Entity('file_links')
@Index('file_links_token_hash_unique', ['tokenHash'], { unique: true })
@Index('file_links_by_file', ['fileId', 'id'])
@Index('file_links_by_owner', ['ownerId', 'id'])
export class FileLinkEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'file_links_pkey' })
  id: string;

  @Column('uuid')
  ownerId: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'file_links_owner_fkey' })
  owner?: never;

  /** Null: the file was deleted. */
  @Column('uuid', { nullable: true })
  fileId: string | null;

  @ManyToOne(() => FileEntity, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'file_id', foreignKeyConstraintName: 'file_links_file_fkey' })
  file?: never;

  /** SHA-256 of the token in the URL; the token itself is kept nowhere. */
  @Column('bytea')
  tokenHash: Buffer;

  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt: Date;

  /** Null: any number. */
  @Column('integer', { nullable: true })
  maxDownloads: number | null;

  @Column('integer', { default: 0 })
  downloads: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  revokedAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
