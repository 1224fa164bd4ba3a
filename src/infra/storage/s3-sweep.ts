// Finding what nobody finished in a bucket: objects that arrive in pieces, uploads of processes that died, and
// the marks of completed uploads that have served.

import type { KeepKeys } from './object-store.js';
import type { S3Bucket } from './s3-bucket.js';
import { COMPLETED, keyIn, OBJECTS, UNFINISHED } from './s3-names.js';

/**
 * @param abandon drops what was begun under a key
 * @returns how many objects and uploads were dropped
 */
export async function sweepBucket(
  bucket: S3Bucket,
  olderThan: Date,
  keep: KeepKeys,
  abandon: (key: string) => Promise<void>,
): Promise<number> {
  const begun = await lastTouched(bucket);
  const old = [...begun].filter(([, touchedAt]) => touchedAt < olderThan).map(([key]) => key);
  const kept = old.length > 0 ? await keep(old) : new Set<string>();
  const dropped = old.filter((key) => !kept.has(key));
  for (const key of dropped) await abandon(key);
  await removeMarks(bucket, olderThan);
  return dropped.length + (await abortForgotten(bucket, olderThan, begun));
}

/** When each object that arrives in pieces was last touched. */
async function lastTouched(bucket: S3Bucket): Promise<Map<string, Date>> {
  const begun = new Map<string, Date>();
  for await (const page of bucket.pages(UNFINISHED)) {
    for (const { name, modifiedAt } of page) {
      const key = keyIn(name, UNFINISHED);
      const known = key ? begun.get(key) : undefined;
      if (key && (!known || known < modifiedAt)) begun.set(key, modifiedAt);
    }
  }
  return begun;
}

async function removeMarks(bucket: S3Bucket, olderThan: Date): Promise<void> {
  for await (const page of bucket.pages(COMPLETED)) {
    await bucket.remove(page.filter(({ modifiedAt }) => modifiedAt < olderThan).map(({ name }) => name));
  }
}

/** Aborts uploads in parts that no state speaks of: their writer died, or it left them for another one. */
async function abortForgotten(
  bucket: S3Bucket,
  olderThan: Date,
  begun: ReadonlyMap<string, Date>,
): Promise<number> {
  let aborted = 0;
  for await (const { name, uploadId, begunAt } of bucket.openUploads(OBJECTS)) {
    const key = keyIn(name, OBJECTS);
    if (!key || begun.has(key) || begunAt >= olderThan) continue;
    await bucket.abortUpload(name, uploadId);
    aborted += 1;
  }
  return aborted;
}
