// What the errors of the S3 client mean to those who store bytes.

import { S3ServiceException } from '@aws-sdk/client-s3';
import { AppError } from '../../common/errors/app-error.js';

const NOT_THERE = new Set(['NoSuchKey', 'NotFound', 'NoSuchUpload']);
const NO_ROOM = new Set([
  'InsufficientStorage',
  'XMinioStorageFull',
  'QuotaExceeded',
  'XMinioAdminBucketQuotaExceeded',
]);

/** Whether the store said that the object or upload is not there; a missing bucket is something else. */
export function isNotThere(error: unknown): boolean {
  return error instanceof S3ServiceException && NOT_THERE.has(error.name);
}

/** Whether the store does not know this kind of request. */
export function isNotImplemented(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 501;
}

/**
 * The answer to one request to the store.
 * @param signal that may have ended the request; its reason is thrown then
 * @throws AppError storage_full, service_unavailable; what isNotThere() and isNotImplemented() know, as it is
 */
export async function inStore<Value>(work: Promise<Value>, signal?: AbortSignal): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (isNotThere(error) || isNotImplemented(error)) throw error;
    signal?.throwIfAborted();
    throw new AppError(isFull(error) ? 'storage_full' : 'service_unavailable', { cause: error });
  }
}

function isFull(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  return NO_ROOM.has(error.name) || error.$metadata.httpStatusCode === 507;
}
