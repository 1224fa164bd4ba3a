import { z } from 'zod';
import { boundedText, timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import { TASK_PRIORITIES, TASK_STATUSES, type TaskEntity } from './task.entity.js';

const title = boundedText(1, 200);
const description = boundedText(0, 10_000);
const status = z.enum(TASK_STATUSES);
const priority = z.enum(TASK_PRIORITIES);
const dueAt = timestamp.nullable();
const ownerId = uuid.optional();

export const createTaskSchema = z.strictObject({
  title,
  description: description.default(''),
  status: status.default('todo'),
  priority: priority.default('normal'),
  dueAt: dueAt.default(null),
  ownerId,
});
export type CreateTaskRequest = z.infer<typeof createTaskSchema>;

export const createTasksSchema = z.strictObject({ items: z.array(createTaskSchema).min(1).max(100) });
export type CreateTasksRequest = z.infer<typeof createTasksSchema>;

export const changeTaskSchema = z.strictObject({
  title: title.optional(),
  description: description.optional(),
  status: status.optional(),
  priority: priority.optional(),
  dueAt: dueAt.optional(),
  ownerId,
});
export type ChangeTaskRequest = z.infer<typeof changeTaskSchema>;

export const TASK_SORTS = ['createdAt', 'updatedAt', 'dueAt', 'priority', 'title'] as const;
export type TaskSortKey = (typeof TASK_SORTS)[number];
export type TaskSort = TaskSortKey | `-${TaskSortKey}`;
const sorts = TASK_SORTS.flatMap((key): TaskSort[] => [key, `-${key}`]);

export const listTasksSchema = z.strictObject({
  status: status.optional(),
  priority: priority.optional(),
  dueBefore: timestamp.optional(),
  q: z.string().max(200).optional(),
  sort: z.enum(sorts).default('-createdAt'),
  ...pageFields,
});
export type ListTasksRequest = z.infer<typeof listTasksSchema>;

export const taskResponseSchema = z
  .object({
    id: uuid,
    title: z.string(),
    description: z.string(),
    status,
    priority,
    dueAt,
    ownerId: uuid,
    version: z.int(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Task' });
export type TaskResponse = z.infer<typeof taskResponseSchema>;

export const taskPageSchema = pageSchema(taskResponseSchema);
export const tasksResponseSchema = z.object({ items: z.array(taskResponseSchema) });

/** A task as clients see it. */
export function toTaskResponse(task: TaskEntity): TaskResponse {
  return {
    id: task.id,
    title: task.title,
    description: task.description,
    status: task.status,
    priority: TASK_PRIORITIES[task.priority] ?? 'normal',
    dueAt: task.dueAt?.toISOString() ?? null,
    ownerId: task.ownerId,
    version: task.version,
    createdAt: task.createdAt.toISOString(),
    updatedAt: task.updatedAt.toISOString(),
  };
}
