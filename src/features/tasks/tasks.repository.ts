// All SQL about tasks.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { order, type TaskRow } from './task-order.js';
import { searchQuery, searchWords } from './task-search.js';
import { TASK_PRIORITIES, TaskEntity, type TaskPriority } from './task.entity.js';
import type { ListTasksRequest } from './tasks.dto.js';

export type NewTask = Pick<
  TaskEntity,
  'id' | 'ownerId' | 'title' | 'description' | 'status' | 'priority' | 'dueAt'
>;
export type TaskContent = Omit<NewTask, 'id'>;

@Injectable()
export class TasksRepository {
  constructor(private readonly database: Database) {}

  async insert(task: NewTask): Promise<TaskEntity> {
    const [row] = await this.database.query<TaskEntity>(
      `INSERT INTO tasks (id, owner_id, title, description, status, priority, due_at, search, version)
       VALUES ($1, $2, $3, $4, $5, $6, $7, array_to_tsvector($8::text[]), 1)
       RETURNING ${this.columns}`,
      [task.id, ...contentValues(task)],
    );
    return row as TaskEntity;
  }

  /** The task, whoever owns it. */
  async find(id: string): Promise<TaskEntity | undefined> {
    const [row] = await this.database.query<TaskEntity>(`SELECT ${this.columns} FROM tasks WHERE id = $1`, [
      id,
    ]);
    return row;
  }

  /** Like find(), and nobody else changes the task before the transaction ends. */
  async findForChange(id: string): Promise<TaskEntity | undefined> {
    const [row] = await this.database.query<TaskEntity>(
      `SELECT ${this.columns} FROM tasks WHERE id = $1 FOR UPDATE`,
      [id],
    );
    return row;
  }

  /** Writes the content of a task that findForChange() holds, as its next version. */
  async update(id: string, content: TaskContent): Promise<TaskEntity> {
    const [row] = await this.database.query<TaskEntity>(
      `UPDATE tasks
       SET owner_id = $2, title = $3, description = $4, status = $5, priority = $6, due_at = $7,
           search = array_to_tsvector($8::text[]), version = version + 1, updated_at = now()
       WHERE id = $1
       RETURNING ${this.columns}`,
      [id, ...contentValues(content)],
    );
    return row as TaskEntity;
  }

  async delete(id: string): Promise<void> {
    await this.database.query('DELETE FROM tasks WHERE id = $1', [id]);
  }

  async count(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>('SELECT count(*) AS count FROM tasks');
    return row?.count ?? 0;
  }

  /**
   * Up to `filter.limit + 1` tasks of one owner.
   * @param after the position of the last task shown so far
   */
  list(
    ownerId: string,
    filter: Omit<ListTasksRequest, 'cursor'>,
    after: readonly [string | number, string] | undefined,
  ): Promise<TaskRow[]> {
    const { sql: key, type, descending } = order(filter.sort);
    const parameters: unknown[] = [ownerId];
    const parameter = (value: unknown): string => `$${parameters.push(value)}`;
    const conditions = ['owner_id = $1'];
    const direction = descending ? 'DESC' : 'ASC';
    if (filter.status) conditions.push(`status = ${parameter(filter.status)}`);
    if (filter.priority) conditions.push(`priority = ${parameter(priorityRank(filter.priority))}`);
    if (filter.dueBefore) conditions.push(`due_at < ${parameter(new Date(filter.dueBefore))}`);
    const search = searchQuery(filter.q ?? '');
    if (search) conditions.push(`search @@ ${parameter(search)}::tsquery`);
    if (after) {
      const comparison = descending ? '<' : '>';
      conditions.push(
        `(${key}, id) ${comparison} (${parameter(after[0])}::${type}, ${parameter(after[1])}::uuid)`,
      );
    }
    return this.database.query<TaskRow>(
      `SELECT ${this.columns}, lower(title) AS "titleKey" FROM tasks
       WHERE ${conditions.join(' AND ')}
       ORDER BY ${key} ${direction}, id ${direction}
       LIMIT ${parameter(filter.limit + 1)}`,
      parameters,
    );
  }

  private get columns(): string {
    return this.database.columns(TaskEntity);
  }
}

/** The number that stands for a priority in the table. */
export function priorityRank(priority: TaskPriority): number {
  return TASK_PRIORITIES.indexOf(priority);
}

function contentValues(task: TaskContent): unknown[] {
  const words = searchWords(task.title, task.description);
  return [task.ownerId, task.title, task.description, task.status, task.priority, task.dueAt, words];
}
