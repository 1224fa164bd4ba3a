// What the tus server refuses, in our own error codes: its answers are plain text.

import { ERRORS } from '@tus/server';
import { AppError } from '../../common/errors/app-error.js';
import type { ErrorCode } from '../../contracts/errors.js';

interface TusError {
  readonly status_code: number;
  readonly body: string;
}

const CODES: readonly (readonly [error: TusError, code: ErrorCode, detail?: string])[] = [
  [ERRORS.MISSING_OFFSET, 'bad_request', 'Upload-Offset is required.'],
  [ERRORS.INVALID_LENGTH, 'bad_request', 'Upload-Length is required.'],
  [ERRORS.INVALID_METADATA, 'bad_request', 'Upload-Metadata is malformed.'],
  [
    ERRORS.UNSUPPORTED_CREATION_DEFER_LENGTH_EXTENSION,
    'bad_request',
    'Upload-Length has to be known when the upload is created.',
  ],
  [ERRORS.UNSUPPORTED_CONCATENATION_EXTENSION, 'bad_request', 'Uploads cannot be concatenated.'],
  [ERRORS.FILE_NOT_FOUND, 'upload_not_found'],
  [ERRORS.FILE_NO_LONGER_EXISTS, 'upload_gone'],
  [ERRORS.ERR_SIZE_EXCEEDED, 'payload_too_large', 'More bytes than the upload was announced to have.'],
  [ERRORS.ABORTED, 'request_aborted'],
];

/**
 * The error that a refusal of the tus server stands for.
 * @param thrown what it caught, if it says
 * @param answer the answer it would give
 */
export function problemOfTus(thrown: unknown, answer: { status: number; text: string }): unknown {
  if (thrown instanceof Error && !isTusError(thrown)) return thrown;
  const known = CODES.find(([error]) => error === thrown || error.body === answer.text);
  if (known) return new AppError(known[1], known[2] === undefined ? {} : { detail: known[2] });
  if (answer.status === 413) return new AppError('payload_too_large');
  // Headers it cannot read; its text names them.
  if (answer.status < 500) return new AppError('bad_request', { detail: answer.text.trim() });
  return new AppError('internal_error', { cause: thrown });
}

function isTusError(error: Error): error is Error & TusError {
  return 'status_code' in error && 'body' in error;
}
