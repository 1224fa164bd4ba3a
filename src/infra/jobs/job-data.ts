// A job as clients see it, over HTTP and in events.

import type { JobData } from '../../contracts/events.js';
import type { JobEntity } from './job.entity.js';

export function toJobData(job: Pick<JobEntity, keyof JobData>): JobData {
  return {
    id: job.id,
    name: job.name,
    state: job.state === 'enqueued' ? 'queued' : job.state,
    progress: job.progress,
    result: job.result,
    error: job.error,
    attempts: job.attempts,
    createdAt: job.createdAt.toISOString(),
    startedAt: job.startedAt?.toISOString() ?? null,
    finishedAt: job.finishedAt?.toISOString() ?? null,
  };
}
