import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A worker process that was alive at `seenAt`. */
@Entity({ name: 'worker_heartbeats' })
export class WorkerHeartbeatEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'worker_heartbeats_pkey' })
  workerId: string;

  @Column({ type: 'text' })
  host: string;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  startedAt: Date;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  seenAt: Date;
}
