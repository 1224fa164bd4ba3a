// The orders in which tasks can be listed: the SQL of each sort key (each has an index that holds it), and
// the values that a cursor of that order carries.

import { z } from 'zod';
import type { CursorPosition } from '../../common/http/pages.js';
import type { TaskSort, TaskSortKey } from './tasks.dto.js';
import type { TaskEntity } from './task.entity.js';

/** PostgreSQL's name for a time after all others: tasks without a due date come after those with one. */
const NEVER = 'infinity';

export interface TaskRow extends TaskEntity {
  /** The title as it is sorted, whatever the case. */
  titleKey: string;
}

const KEYS: Record<TaskSortKey, { sql: string; type: string; valueOf: (task: TaskRow) => string | number }> =
  {
    createdAt: { sql: 'created_at', type: 'timestamptz', valueOf: (task) => task.createdAt.toISOString() },
    updatedAt: { sql: 'updated_at', type: 'timestamptz', valueOf: (task) => task.updatedAt.toISOString() },
    dueAt: {
      sql: `COALESCE(due_at, 'infinity'::timestamptz)`,
      type: 'timestamptz',
      valueOf: (task) => task.dueAt?.toISOString() ?? NEVER,
    },
    priority: { sql: 'priority', type: 'smallint', valueOf: (task) => task.priority },
    title: { sql: 'lower(title) COLLATE "C"', type: 'text', valueOf: (task) => task.titleKey },
  };

/** Schema of a cursor's values; the id comes last. */
export function positionSchema(sort: TaskSort): z.ZodType<[string | number, string]> {
  const { type } = order(sort);
  if (type === 'smallint') return z.tuple([z.int().min(0).max(2), z.uuid()]);
  const time = z.union([z.iso.datetime({ offset: true }), z.literal(NEVER)]);
  return z.tuple([type === 'text' ? z.string() : time, z.uuid()]);
}

/** The position of a task in this order. */
export function positionOf(sort: TaskSort): (task: TaskRow) => CursorPosition {
  const { valueOf } = order(sort);
  return (task) => [valueOf(task), task.id];
}

/** SQL of an order: its key with type, and whether it runs downwards. */
export function order(sort: TaskSort) {
  const descending = sort.startsWith('-');
  const key = KEYS[(descending ? sort.slice(1) : sort) as TaskSortKey];
  return { ...key, descending };
}
