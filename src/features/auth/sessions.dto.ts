import { z } from 'zod';
import { timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import type { SessionEntity } from './session.entity.js';

export const listSessionsSchema = z.strictObject(pageFields);
export type ListSessionsRequest = z.infer<typeof listSessionsSchema>;

export const sessionResponseSchema = z
  .object({
    id: uuid,
    createdAt: timestamp,
    lastSeenAt: timestamp,
    ip: z.string(),
    userAgent: z.string(),
    current: z.boolean(),
  })
  .meta({ id: 'Session' });
export type SessionResponse = z.infer<typeof sessionResponseSchema>;

export const sessionPageSchema = pageSchema(sessionResponseSchema);

/** A session as its owner sees it; `current` is the one that asks. */
export function toSessionResponse(session: SessionEntity, current: boolean): SessionResponse {
  return {
    id: session.id,
    createdAt: session.createdAt.toISOString(),
    lastSeenAt: session.lastSeenAt.toISOString(),
    ip: session.ip,
    userAgent: session.userAgent,
    current,
  };
}
