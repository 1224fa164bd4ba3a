import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../users/user.entity.js';

export const TASK_STATUSES = ['todo', 'doing', 'done'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Lowest first: the column holds the position, so that tasks can be sorted by it. */
export const TASK_PRIORITIES = ['low', 'normal', 'high'] as const;
export type TaskPriority = (typeof TASK_PRIORITIES)[number];

// Each sort the API offers reads one of these indexes in order. The expression indexes are the migration's.
@Entity('tasks')
@Check('tasks_status_check', `"status" IN ('todo', 'doing', 'done')`)
@Check('tasks_priority_check', `"priority" BETWEEN 0 AND 2`)
@Index('tasks_by_created', ['ownerId', 'createdAt', 'id'])
@Index('tasks_by_updated', ['ownerId', 'updatedAt', 'id'])
@Index('tasks_by_priority', ['ownerId', 'priority', 'id'])
@Index('tasks_by_due', { synchronize: false })
@Index('tasks_by_title', { synchronize: false })
@Index('tasks_by_word', { synchronize: false })
export class TaskEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'tasks_pkey' })
  id: string;

  @Column('uuid')
  ownerId: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'tasks_owner_fkey' })
  owner?: never;

  @Column('text')
  title: string;

  @Column('text')
  description: string;

  @Column('text')
  status: TaskStatus;

  @Column('smallint')
  priority: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  dueAt: Date | null;

  /** The words of title and description, see task-search.ts. */
  @Column('tsvector', { select: false })
  search?: never;

  @Column('integer')
  version: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
