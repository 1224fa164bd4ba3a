import { z } from 'zod';
import { timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import type { FileLinkEntity } from './file-link.entity.js';

/** A link may live for a week. */
const MAX_LIFETIME_SECONDS = 604_800;
const MAX_DOWNLOADS = 2_147_483_647;

export const createFileLinkSchema = z.strictObject({
  expiresIn: z.int().min(1).max(MAX_LIFETIME_SECONDS).meta({ description: 'In seconds from now.' }),
  maxDownloads: z
    .int()
    .min(1)
    .max(MAX_DOWNLOADS)
    .optional()
    .meta({ description: 'How often it may be used; any number of times when left out.' }),
});
export type CreateFileLinkRequest = z.infer<typeof createFileLinkSchema>;

export const createdFileLinkSchema = z.object({
  id: uuid,
  url: z.url().meta({ description: 'Shown here only. Whoever has it needs no credential.' }),
  expiresAt: timestamp,
});
export type CreatedFileLink = z.infer<typeof createdFileLinkSchema>;

export const listFileLinksSchema = z.strictObject(pageFields);
export type ListFileLinksRequest = z.infer<typeof listFileLinksSchema>;

export const fileLinkResponseSchema = z
  .object({
    id: uuid,
    expiresAt: timestamp,
    maxDownloads: z.int().nullable(),
    downloads: z.int(),
    revokedAt: timestamp.nullable(),
    createdAt: timestamp,
  })
  .meta({ id: 'FileLink' });
export type FileLinkResponse = z.infer<typeof fileLinkResponseSchema>;

export const fileLinkPageSchema = pageSchema(fileLinkResponseSchema);

export const fileLinkParams = z.strictObject({ id: uuid, linkId: uuid });
export type FileLinkParams = z.infer<typeof fileLinkParams>;

/** A link as the owner of its file sees it. */
export function toFileLinkResponse(link: FileLinkEntity): FileLinkResponse {
  return {
    id: link.id,
    expiresAt: link.expiresAt.toISOString(),
    maxDownloads: link.maxDownloads,
    downloads: link.downloads,
    revokedAt: link.revokedAt?.toISOString() ?? null,
    createdAt: link.createdAt.toISOString(),
  };
}
