// What administrators do and see beside accounts.

import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import { Audit } from '../../infra/audit/audit.js';
import { Database } from '../../infra/database/database.js';
import { Statistics } from '../../infra/statistics/statistics.js';
import { TasksService } from '../tasks/tasks.service.js';
import {
  toAuditEntryResponse,
  type AuditEntryResponse,
  type ListAuditRequest,
  type StatsResponse,
} from './admin.dto.js';

const ORDER = 'newest';
const positionSchema = z.tuple([z.uuid()]);

@Injectable()
export class AdminService {
  constructor(
    private readonly database: Database,
    private readonly tasks: TasksService,
    private readonly audit: Audit,
    private readonly statistics: Statistics,
  ) {}

  /**
   * Deletes a task, whoever owns it.
   * @param expectedVersion the version the client saw, if it said so
   * @throws AppError task_not_found, stale_version
   */
  removeTask(id: string, expectedVersion: number | undefined): Promise<void> {
    return this.database.transaction(async () => {
      const { ownerId } = await this.tasks.removeForOwner(id, expectedVersion);
      const details = { ownerId };
      await this.audit.record({ action: 'task.deleted', targetType: 'task', targetId: id, details });
    });
  }

  /** How much there is of everything. */
  stats(): Promise<StatsResponse> {
    return this.statistics.read();
  }

  /**
   * The audit log, newest first.
   * @throws AppError validation_failed for a wrong cursor
   */
  async listAudit(request: ListAuditRequest): Promise<Page<AuditEntryResponse>> {
    const { limit, cursor, actorId, action } = request;
    const beforeId = readCursor(cursor, ORDER, positionSchema)?.[0];
    const rows = await this.audit.list({ actorId, action, beforeId, limit: limit + 1 });
    return toPage(rows, limit, ORDER, (entry) => [entry.id], toAuditEntryResponse);
  }
}
