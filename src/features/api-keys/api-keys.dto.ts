import { z } from 'zod';
import { timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import { SCOPES } from '../../contracts/scopes.js';
import { nameField } from '../users/users.dto.js';
import type { ApiKeyRow } from './api-keys.repository.js';

const MAX_OVERLAP_SECONDS = 604_800;

const scopes = z.array(z.enum(SCOPES)).min(1).max(100);

export const createApiKeySchema = z.strictObject({
  name: nameField,
  scopes: scopes.optional().describe('All of one’s own but `admin`, if not given.'),
  expiresAt: timestamp.nullable().optional().describe('In the future; null or absent: never by itself.'),
});
export type CreateApiKeyRequest = z.infer<typeof createApiKeySchema>;

export const changeApiKeySchema = z.strictObject({ name: nameField.optional(), scopes: scopes.optional() });
export type ChangeApiKeyRequest = z.infer<typeof changeApiKeySchema>;

export const rotateApiKeySchema = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(MAX_OVERLAP_SECONDS)
      .default(0)
      .describe('How long the old key works beside the new one.'),
  })
  .prefault({});
export type RotateApiKeyRequest = z.infer<typeof rotateApiKeySchema>;

export const listApiKeysSchema = z.strictObject(pageFields);
export type ListApiKeysRequest = z.infer<typeof listApiKeysSchema>;

const commonFields = {
  id: uuid,
  prefix: z.string().describe('The first eight characters of the key.'),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  expiresAt: timestamp.nullable(),
  createdAt: timestamp,
};

export const issuedApiKeySchema = z
  .object({ ...commonFields, key: z.string().describe('The key itself; it is shown only here.') })
  .meta({ id: 'IssuedApiKey' });
export type IssuedApiKeyResponse = z.infer<typeof issuedApiKeySchema>;

export const apiKeyResponseSchema = z
  .object({
    ...commonFields,
    isActive: z.boolean().describe('Neither revoked nor expired.'),
    lastUsedAt: timestamp.nullable(),
    lastUsedIp: z.string().nullable(),
    stale: z.boolean().describe('Not used for 90 days.'),
  })
  .meta({ id: 'ApiKey' });
export type ApiKeyResponse = z.infer<typeof apiKeyResponseSchema>;

export const apiKeyPageSchema = pageSchema(apiKeyResponseSchema);

export const apiKeyUsageSchema = z.object({
  items: z
    .array(z.object({ date: z.iso.date(), requests: z.int() }))
    .describe('The last 30 days (UTC), oldest first.'),
});
export type ApiKeyUsageResponse = z.infer<typeof apiKeyUsageSchema>;

/** A key as its owner sees it. */
export function toApiKeyResponse(row: ApiKeyRow): ApiKeyResponse {
  return {
    ...toCommonFields(row),
    isActive: row.isActive,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    lastUsedIp: row.lastUsedIp,
    stale: row.stale,
  };
}

/** A fresh key, this once with the key itself. */
export function toIssuedApiKeyResponse(row: ApiKeyRow, key: string): IssuedApiKeyResponse {
  return { ...toCommonFields(row), key };
}

/** What makes another version of a key; that it was used does not, or a busy key could never be edited. */
export function versionOf({ id, name, scopes, expiresAt, isActive }: ApiKeyResponse): object {
  return { id, name, scopes, expiresAt, isActive };
}

function toCommonFields(row: ApiKeyRow) {
  return {
    id: row.id,
    prefix: row.prefix,
    name: row.name,
    scopes: row.scopes,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
