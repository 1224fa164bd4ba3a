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

const MAX_ECHO_BYTES = 16 * 1_024;
/** Deeper values would exhaust the stack of what writes them. */
const MAX_ECHO_DEPTH = 1_000;

/** Any JSON value of at most 16 KiB. */
export const echoSchema = z.unknown().superRefine((value, context) => {
  if (!isShallow(value))
    context.addIssue(`is nested more than ${MAX_ECHO_DEPTH} levels deep, or holds bytes`);
  else if (Buffer.byteLength(JSON.stringify(value ?? null)) > MAX_ECHO_BYTES)
    context.addIssue('is longer than 16 KiB');
});

export const syncSchema = z.strictObject({
  since: z
    .record(z.string().max(200), z.int().min(0))
    .meta({ description: 'The last `seq` known of each stream, by its name.' }),
});
export type SyncRequest = z.infer<typeof syncSchema>;

/** False for what is nested too deep, and for the binary attachments of Socket.IO. Without recursion. */
function isShallow(root: unknown): boolean {
  let level = [root];
  for (let depth = 0; depth <= MAX_ECHO_DEPTH && level.length > 0; depth += 1) {
    if (level.some((value) => Buffer.isBuffer(value))) return false;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? (Object.values(value) as unknown[]) : [],
    );
  }
  return level.length === 0;
}
