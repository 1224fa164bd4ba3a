import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EventType, EventTypes } from '../../contracts/events.js';

/** One entry of the log; never changed once written. */
@Entity({ name: 'events' })
export class EventEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'events_pkey' })
  stream: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'events_pkey' })
  seq: number;

  @Column({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  type: EventType;

  @Column({ type: 'timestamptz', precision: 3 })
  at: Date;

  @Column({ type: 'jsonb' })
  data: EventTypes[EventType];
}
