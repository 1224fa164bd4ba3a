// Who may see and end which job.

import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Principal } from '../../common/auth/principal.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import type { JobData } from '../../contracts/events.js';
import { Audit } from '../../infra/audit/audit.js';
import { Database } from '../../infra/database/database.js';
import { toJobData } from '../../infra/jobs/job-data.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import type { ListJobsRequest, ProcessDataRequest } from './jobs.dto.js';

const ORDER = 'newest';
const position = z.tuple([z.uuid()]);

@Injectable()
export class JobsService {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly audit: Audit,
  ) {}

  /**
   * The caller's own jobs, an administrator's view is everybody's; newest first.
   * @throws AppError validation_failed for a wrong cursor
   */
  async list(caller: Principal, request: ListJobsRequest): Promise<Page<JobData>> {
    const { state, name, limit, cursor } = request;
    const beforeId = readCursor(cursor, ORDER, position)?.[0];
    const rows = await this.jobs.list({
      ownerId: ownerFilter(caller),
      state,
      name,
      beforeId,
      limit: limit + 1,
    });
    return toPage(rows, limit, ORDER, (job) => [job.id], toJobData);
  }

  /** @throws AppError job_not_found */
  async get(caller: Principal, id: string): Promise<JobData> {
    return toJobData(await this.jobs.get(id, ownerFilter(caller)));
  }

  /** @throws AppError job_not_found, job_already_finished */
  async cancel(caller: Principal, id: string): Promise<JobData> {
    return toJobData(await this.jobs.cancel(id, ownerFilter(caller)));
  }

  /** @throws AppError job_not_found, job_not_failed */
  retry(id: string): Promise<JobData> {
    return this.database.transaction(async () => {
      const job = await this.jobs.retry(id);
      const details = { name: job.name };
      await this.audit.record({ action: 'job.retried', targetType: 'job', targetId: id, details });
      return toJobData(job);
    });
  }

  /** Accepts a data.process job of the caller. */
  async processData(caller: Principal, { items, paceMs }: ProcessDataRequest): Promise<JobData> {
    const payload = { itemsJson: JSON.stringify(items), paceMs };
    const { id } = await this.jobs.enqueue('data.process', payload, { ownerId: caller.userId });
    return toJobData(await this.jobs.get(id, caller.userId));
  }
}

/** Undefined means everybody: administrators, though not by a key without the scope for it. */
function ownerFilter(caller: Principal): string | undefined {
  const seesAll = caller.role === 'admin' && (caller.scopes === null || caller.scopes.has('admin'));
  return seesAll ? undefined : caller.userId;
}
