// What the event route takes and answers.

import { z } from 'zod';
import { timestamp, uuid } from '../../common/http/fields.js';
import { pageFields } from '../../common/http/pages.js';

export const readEventsSchema = z.strictObject({
  since: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .meta({ description: 'The last `seq` that is known already.' }),
  limit: pageFields.limit,
});
export type ReadEventsRequest = z.infer<typeof readEventsSchema>;

export const eventSchema = z
  .object({
    id: uuid,
    stream: z.string(),
    seq: z.int().min(1),
    type: z.string(),
    at: timestamp,
    data: z.unknown(),
  })
  .meta({ id: 'Event' });

export const eventsPageSchema = z.object({
  items: z.array(eventSchema),
  nextSince: z.int().min(0),
  gap: z.boolean().meta({ description: 'True when `since` is older than what is kept.' }),
});
