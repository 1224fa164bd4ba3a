import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ApiKeyEntity } from './api-key.entity.js';

/** How many requests a key made on one day (UTC); no row stands for none. */
@Entity('api_key_usage')
@Index('api_key_usage_by_day', ['day'])
export class ApiKeyUsageEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_key_usage_pkey' })
  apiKeyId: string;

  @ManyToOne(() => ApiKeyEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'api_key_id', foreignKeyConstraintName: 'api_key_usage_key_fkey' })
  apiKey?: never;

  @PrimaryColumn('date', { primaryKeyConstraintName: 'api_key_usage_pkey' })
  day: string;

  @Column('bigint')
  requests: number;
}
