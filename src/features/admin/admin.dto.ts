// What the administration's routes take and answer.

import { z } from 'zod';
import { timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import { ROLES, TIERS } from '../../contracts/scopes.js';
import type { AuditEntryEntity } from '../../infra/audit/audit-entry.entity.js';
import { nameField, registerFields } from '../users/users.dto.js';

const role = z.enum(ROLES);
const tier = z.enum(TIERS);
const count = z.int().min(0);

export const createUserSchema = z
  .strictObject({
    ...registerFields,
    role: role.optional(),
    tier: tier.optional(),
    emailVerified: z.boolean().optional(),
  })
  .refine((request) => request.email !== undefined || request.username !== undefined, {
    path: ['email'],
    message: 'email or username is required',
  });
export type CreateUserRequest = z.infer<typeof createUserSchema>;

export const changeUserSchema = z.strictObject({
  role: role.optional(),
  tier: tier.optional(),
  isActive: z.boolean().optional(),
  name: nameField.nullable().optional(),
});
export type ChangeUserRequest = z.infer<typeof changeUserSchema>;

export const statsResponseSchema = z
  .object({
    users: count,
    activeSessions: count,
    apiKeys: count,
    tasks: count,
    messages: count,
    files: count,
    fileBytes: count,
    models: count,
    jobs: z.object({ queued: count, running: count, succeeded: count, failed: count, canceled: count }),
  })
  .meta({ id: 'Stats' });
export type StatsResponse = z.infer<typeof statsResponseSchema>;

export const listAuditSchema = z.strictObject({
  actorId: uuid.optional(),
  action: z.string().min(1).max(64).optional(),
  ...pageFields,
});
export type ListAuditRequest = z.infer<typeof listAuditSchema>;

export const auditEntryResponseSchema = z
  .object({
    id: uuid,
    at: timestamp,
    actorId: uuid.nullable().meta({ description: 'Null: the command line or the system.' }),
    action: z.string(),
    targetType: z.string(),
    targetId: z.string(),
    ip: z.string().nullable(),
    requestId: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntryResponse = z.infer<typeof auditEntryResponseSchema>;
export const auditPageSchema = pageSchema(auditEntryResponseSchema);

export function toAuditEntryResponse(entry: AuditEntryEntity): AuditEntryResponse {
  return { ...entry, at: entry.at.toISOString() };
}
