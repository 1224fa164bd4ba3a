// The rules of tasks: who may see and change them, and what happens with each change.

import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import { userStream } from '../../contracts/events.js';
import { Database } from '../../infra/database/database.js';
import { Events } from '../../infra/events/events.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Notifications } from '../../infra/notifications/notifications.js';
import { Counts } from '../../infra/statistics/counts.decorator.js';
import { positionOf, positionSchema } from './task-order.js';
import type { TaskEntity } from './task.entity.js';
import {
  toTaskResponse,
  type ChangeTaskRequest,
  type CreateTaskRequest,
  type ListTasksRequest,
  type TaskResponse,
} from './tasks.dto.js';
import { priorityRank, TasksRepository, type TaskContent } from './tasks.repository.js';

@Injectable()
export class TasksService {
  constructor(
    private readonly database: Database,
    private readonly tasks: TasksRepository,
    private readonly events: Events,
    private readonly jobs: Jobs,
    private readonly notifications: Notifications,
  ) {}

  /**
   * Stores tasks with their events, mails and notifications, all or none.
   * @throws AppError forbidden when a task is for someone else and the caller is no administrator;
   *   user_not_found when that someone does not exist
   */
  create(principal: Principal, requests: readonly CreateTaskRequest[]): Promise<TaskResponse[]> {
    return this.database.transaction(async () => {
      const created: TaskResponse[] = [];
      for (const request of requests) created.push(await this.store(principal, request));
      for (const task of byOwner(created)) await this.tellOwner(task);
      return created;
    });
  }

  private async tellOwner(task: TaskResponse): Promise<void> {
    await this.events.append(userStream(task.ownerId), 'task.created', task);
    const { id: taskId, title } = task;
    await this.notifications.create(task.ownerId, 'task_created', { taskId, title });
  }

  private async store(principal: Principal, request: CreateTaskRequest): Promise<TaskResponse> {
    const content = contentOf(request, ownerOf(principal, request.ownerId));
    const task = toTaskResponse(await this.tasks.insert({ id: uuidv7(), ...content }));
    const { id: taskId, ownerId, title } = task;
    await this.jobs.enqueue('mail.task_created', { userId: ownerId, taskId, title }, { ownerId });
    return task;
  }

  /** The caller's own tasks, as filtered and sorted. */
  async list(principal: Principal, request: ListTasksRequest): Promise<Page<TaskResponse>> {
    const { cursor, ...filter } = request;
    const after = readCursor(cursor, filter.sort, positionSchema(filter.sort));
    const rows = await this.tasks.list(principal.userId, filter, after);
    return toPage(rows, filter.limit, filter.sort, positionOf(filter.sort), toTaskResponse);
  }

  /** @throws AppError task_not_found, not_task_owner */
  async get(principal: Principal, id: string): Promise<TaskResponse> {
    return toTaskResponse(owned(principal, await this.tasks.find(id)));
  }

  /**
   * Writes a whole task anew.
   * @param expectedVersion the version the client saw, if it said so
   * @throws AppError task_not_found, not_task_owner, stale_version, forbidden, user_not_found
   */
  replace(
    principal: Principal,
    id: string,
    request: CreateTaskRequest,
    expectedVersion: number | undefined,
  ): Promise<TaskResponse> {
    return this.write(principal, id, expectedVersion, (task) =>
      contentOf(request, ownerOf(principal, request.ownerId ?? task.ownerId)),
    );
  }

  /** Changes the given fields of a task. Parameters and errors as replace(). */
  change(
    principal: Principal,
    id: string,
    request: ChangeTaskRequest,
    expectedVersion: number | undefined,
  ): Promise<TaskResponse> {
    return this.write(principal, id, expectedVersion, (task) => {
      const current = toTaskResponse(task);
      return contentOf({ ...current, ...request }, ownerOf(principal, request.ownerId ?? task.ownerId));
    });
  }

  /** @throws AppError task_not_found, not_task_owner, stale_version */
  remove(principal: Principal, id: string, expectedVersion: number | undefined): Promise<void> {
    return this.database.transaction(async () => {
      const task = await this.take(principal, id, expectedVersion);
      await this.tasks.delete(id);
      await this.events.append(userStream(task.ownerId), 'task.deleted', { id });
    });
  }

  /**
   * Deletes a task whoever owns it, for administrators.
   * @returns the task as it was
   * @throws AppError task_not_found, stale_version
   */
  removeForOwner(id: string, expectedVersion: number | undefined): Promise<TaskResponse> {
    return this.database.transaction(async () => {
      const task = await this.tasks.findForChange(id);
      if (!task) throw new AppError('task_not_found');
      requireVersion(task, expectedVersion);
      await this.tasks.delete(id);
      await this.events.append(userStream(task.ownerId), 'task.deleted', { id });
      return toTaskResponse(task);
    });
  }

  /** How many tasks there are. */
  @Counts('tasks')
  count(): Promise<number> {
    return this.tasks.count();
  }

  private write(
    principal: Principal,
    id: string,
    expectedVersion: number | undefined,
    change: (task: TaskEntity) => TaskContent,
  ): Promise<TaskResponse> {
    return this.database.transaction(async () => {
      const before = await this.take(principal, id, expectedVersion);
      const response = toTaskResponse(await this.tasks.update(id, change(before)));
      if (response.ownerId === before.ownerId) {
        await this.events.append(userStream(response.ownerId), 'task.updated', response);
      } else {
        await this.handOver(before, response);
      }
      return response;
    });
  }

  private async handOver(before: TaskEntity, task: TaskResponse): Promise<void> {
    const gone = (): Promise<unknown> =>
      this.events.append(userStream(before.ownerId), 'task.deleted', { id: task.id });
    const come = (): Promise<unknown> => this.events.append(userStream(task.ownerId), 'task.created', task);
    // In the order of the streams, as byOwner() does.
    for (const append of before.ownerId < task.ownerId ? [gone, come] : [come, gone]) await append();
  }

  private async take(
    principal: Principal,
    id: string,
    expectedVersion: number | undefined,
  ): Promise<TaskEntity> {
    const task = owned(principal, await this.tasks.findForChange(id));
    requireVersion(task, expectedVersion);
    return task;
  }
}

/** Two batches that write to the same streams take them in the same order, and so never wait in a circle. */
function byOwner(tasks: readonly TaskResponse[]): TaskResponse[] {
  return [...tasks].sort((one, other) => one.ownerId.localeCompare(other.ownerId));
}

function owned(principal: Principal, task: TaskEntity | undefined): TaskEntity {
  if (!task) throw new AppError('task_not_found');
  if (task.ownerId !== principal.userId) throw new AppError('not_task_owner');
  return task;
}

function requireVersion(task: TaskEntity, expectedVersion: number | undefined): void {
  if (expectedVersion !== undefined && expectedVersion !== task.version) throw new AppError('stale_version');
}

function ownerOf(principal: Principal, ownerId: string | undefined): string {
  if (ownerId === undefined || ownerId === principal.userId) return principal.userId;
  if (principal.role === 'admin') return ownerId;
  throw new AppError('forbidden', { detail: 'A task of yours cannot belong to someone else.' });
}

function contentOf(request: Omit<CreateTaskRequest, 'ownerId'>, ownerId: string): TaskContent {
  return {
    ownerId,
    title: request.title,
    description: request.description,
    status: request.status,
    priority: priorityRank(request.priority),
    dueAt: request.dueAt === null ? null : new Date(request.dueAt),
  };
}
