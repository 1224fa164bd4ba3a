import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Who did what to whom. It refers to nothing, as it outlives what it tells of. */
@Entity('audit_entries')
@Index('audit_entries_actor', ['actorId', 'id'])
@Index('audit_entries_action', ['action', 'id'])
export class AuditEntryEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_entries_pkey' })
  id: string;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  at: Date;

  /** Null: the command line, or the system itself. */
  @Column('uuid', { nullable: true })
  actorId: string | null;

  @Column('text')
  action: string;

  @Column('text')
  targetType: string;

  @Column('text')
  targetId: string;

  /** Null outside of requests. */
  @Column('text', { nullable: true })
  ip: string | null;

  @Column('text', { nullable: true })
  requestId: string | null;

  @Column('jsonb')
  details: Record<string, unknown>;
}
