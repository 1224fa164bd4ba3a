import { z } from 'zod';
import { timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import type { FileEntity } from './file.entity.js';

export const listFilesSchema = z.strictObject(pageFields);
export type ListFilesRequest = z.infer<typeof listFilesSchema>;

export const fileResponseSchema = z
  .object({
    id: uuid,
    filename: z.string(),
    size: z.int(),
    contentType: z.string(),
    sha256: z.string().meta({ description: 'Of the content, in hexadecimal.' }),
    createdAt: timestamp,
    downloadUrl: z.url().meta({ description: 'Where the owner downloads the content.' }),
  })
  .meta({ id: 'File' });
export type FileResponse = z.infer<typeof fileResponseSchema>;

export const filePageSchema = pageSchema(fileResponseSchema);

/**
 * A file as its owner sees it.
 * @param publicUrl of the installation, without a trailing slash
 */
export function toFileResponse(file: FileEntity, publicUrl: string): FileResponse {
  return {
    id: file.id,
    filename: file.filename,
    size: file.size,
    contentType: file.contentType,
    sha256: file.sha256.toString('hex'),
    createdAt: file.createdAt.toISOString(),
    downloadUrl: `${publicUrl}/api/v1/files/${file.id}/content`,
  };
}
