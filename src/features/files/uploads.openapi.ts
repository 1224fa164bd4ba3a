// The headers and refusals of resumable uploads, for the OpenAPI document.

import type { ApiResponseOptions } from '@nestjs/swagger';

const text = { type: 'string' } as const;
const integer = { type: 'integer', minimum: 0 } as const;

export const TUS_HEADER = {
  name: 'Tus-Resumable',
  required: true,
  description: 'Version of the protocol.',
  schema: { type: 'string', const: '1.0.0' },
} as const;

export const LENGTH_HEADER = {
  name: 'Upload-Length',
  required: true,
  description: 'Size of the whole, in bytes; up to 5 GiB.',
  schema: integer,
} as const;

export const METADATA_HEADER = {
  name: 'Upload-Metadata',
  required: false,
  description: 'Pairs of a key and a value in base64; `filename` names the file, in UTF-8.',
  schema: text,
} as const;

export const OFFSET_HEADER = {
  name: 'Upload-Offset',
  required: true,
  description: 'How many bytes are there; the body continues at this one.',
  schema: integer,
} as const;

export const CHECKSUM_HEADER = {
  name: 'Upload-Checksum',
  required: false,
  description:
    '`sha1` or `sha256` and the hash of the body in base64; a body that does not match is refused (460).',
  schema: text,
} as const;

/** Of answers about an unfinished upload. */
export const PROGRESS_HEADERS = {
  'Upload-Offset': { description: 'How many bytes are there.', schema: integer },
  'Upload-Expires': { description: 'When an unfinished upload ends.', schema: text },
};

/** Of answers about a finished one. */
export const FILE_ID_HEADER = {
  'Upload-File-Id': {
    description: 'The file that the upload has become.',
    schema: { ...text, format: 'uuid' },
  },
};

const DESCRIPTIONS = {
  409: 'The upload continues at another offset, which `Upload-Offset` tells, or it is finished.',
  410: 'The upload has expired, or the file that it became was deleted.',
  412: '`Tus-Resumable` is missing, or another version.',
  413: 'Too large, for an upload, for what was announced, or for the quota; `code` says which.',
  423: 'Another request writes to the upload and does not end.',
  460: 'The body does not match its checksum; nothing of it counts.',
  507: 'There is no room left.',
} as const;

/** The refusal of an upload with this status. */
export function refusal(status: keyof typeof DESCRIPTIONS): ApiResponseOptions {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { status, description: DESCRIPTIONS[status], content: { 'application/problem+json': { schema } } };
}
