// What every answer says about a job, whatever else it says: the same for jobs and for what is one.

import { z } from 'zod';
import { timestamp } from '../../common/http/fields.js';
import { JOB_STATES } from '../../contracts/jobs.js';

/** The fields of JobData but its name, to spread into a schema. */
export const jobFields = {
  state: z.enum(JOB_STATES),
  progress: z.int().min(0).max(100),
  result: z.unknown(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  attempts: z.int().min(0),
  createdAt: timestamp,
  startedAt: timestamp.nullable(),
  finishedAt: timestamp.nullable(),
};
