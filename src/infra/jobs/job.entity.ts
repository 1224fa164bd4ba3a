import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { JobName } from '../../contracts/jobs.js';

/** `enqueued`: its id has been handed to Redis. Clients see that as `queued`. */
export type StoredJobState = 'queued' | 'enqueued' | 'running' | 'succeeded' | 'failed' | 'canceled';

export interface JobFailure {
  readonly code: string;
  readonly detail: string;
}

/** A job: the record of it. Redis only carries ids of rows of this table. */
@Entity({ name: 'jobs' })
@Index('jobs_owner', ['ownerId', 'id'])
@Index('jobs_owner_name', ['ownerId', 'name', 'id'])
@Index('jobs_queued', ['runAt'], { where: `state = 'queued'` })
@Index('jobs_enqueued', ['enqueuedAt'], { where: `state = 'enqueued'` })
@Index('jobs_running', ['leaseUntil'], { where: `state = 'running'` })
@Index('jobs_unfinished', ['ownerId', 'id'], { where: `state IN ('queued', 'enqueued', 'running')` })
@Index('jobs_unsuccessful', ['ownerId', 'id'], { where: `state IN ('failed', 'canceled')` })
@Index('jobs_finished', ['finishedAt'], { where: 'finished_at IS NOT NULL' })
export class JobEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'jobs_pkey' })
  id: string;

  @Column({ type: 'text' })
  name: JobName;

  @Column({ type: 'jsonb' })
  payload: unknown;

  /** Whose job it is; null for the system's own. */
  @Column({ type: 'uuid', nullable: true })
  ownerId: string | null;

  /** At most one job has it, ever. */
  @Index('jobs_dedupe_key_unique', { unique: true })
  @Column({ type: 'text', nullable: true })
  dedupeKey: string | null;

  @Column({ type: 'text', default: 'queued' })
  state: StoredJobState;

  /** Counted when an attempt starts, so that one which kills its process counts as well. */
  @Column({ type: 'integer', default: 0 })
  attempts: number;

  @Column({ type: 'integer' })
  maxAttempts: number;

  /** Not before this time. */
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  runAt: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  enqueuedAt: Date | null;

  /** Proof of the running attempt: only its holder may write the row. */
  @Column({ type: 'uuid', nullable: true })
  leaseToken: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  leaseUntil: Date | null;

  /** In percent. */
  @Column({ type: 'integer', default: 0 })
  progress: number;

  @Column({ type: 'jsonb', nullable: true })
  result: unknown;

  /** Why the last attempt failed. */
  @Column({ type: 'jsonb', nullable: true })
  error: JobFailure | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  cancelRequestedAt: Date | null;

  /** The request that caused it. */
  @Column({ type: 'text', nullable: true })
  requestId: string | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  startedAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  finishedAt: Date | null;
}
