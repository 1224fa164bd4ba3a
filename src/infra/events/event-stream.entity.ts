import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The head of each stream. Its row lock is what makes sequence order commit order. */
@Entity({ name: 'event_streams' })
export class EventStreamEntity {
  /** Such as `user:{id}`. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'event_streams_pkey' })
  name: string;

  @Column({ type: 'bigint' })
  lastSeq: number;
}
