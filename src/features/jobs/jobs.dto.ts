// What the job routes take and answer.

import { z } from 'zod';
import { uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import { JOB_NAMES, JOB_STATES } from '../../contracts/jobs.js';
import { jobFields } from '../../infra/jobs/job-fields.js';

export const listJobsSchema = z.strictObject({
  state: z.enum(JOB_STATES).optional(),
  name: z.enum(JOB_NAMES).optional(),
  ...pageFields,
});
export type ListJobsRequest = z.infer<typeof listJobsSchema>;

export const processDataSchema = z.strictObject({
  items: z.array(z.unknown()).min(1).max(10_000),
  paceMs: z
    .number()
    .int()
    .min(0)
    .max(1_000)
    .default(0)
    .meta({ description: 'Pace per item, in milliseconds.' }),
});
export type ProcessDataRequest = z.infer<typeof processDataSchema>;

export const jobResponseSchema = z
  .object({
    id: uuid,
    name: z.enum(JOB_NAMES),
    ...jobFields,
  })
  .meta({ id: 'Job' });

export const jobPageSchema = pageSchema(jobResponseSchema);
