import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Each object that something in the database needs. Bytes without such a row are swept away. */
@Entity('stored_objects')
export class StoredObjectEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'stored_objects_pkey' })
  key: string;

  /** In bytes. */
  @Column('bigint')
  size: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
