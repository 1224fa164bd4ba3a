import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../users/user.entity.js';

/** How many bytes a user has taken of the quota, those of announced uploads included. */
@Entity('file_usage')
@Check('file_usage_bytes_check', `"bytes" >= 0`)
export class FileUsageEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'file_usage_pkey' })
  ownerId: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'file_usage_owner_fkey' })
  owner?: never;

  @Column('bigint')
  bytes: number;
}
