// Objects in a bucket that arrive in pieces: uploads in parts, whose state the bucket keeps beside them.

import { interruptible } from './interruptible.js';
import { ObjectMissing, WrongOffset, type ByteSource, type KeepKeys } from './object-store.js';
import { PartBuffer } from './part-buffer.js';
import type { S3Bucket } from './s3-bucket.js';
import { isNotThere } from './s3-errors.js';
import { completedName, objectName, unfinishedPrefix } from './s3-names.js';
import { S3UploadState } from './s3-upload-state.js';
import { sweepBucket } from './s3-sweep.js';

export class S3Unfinished {
  constructor(private readonly bucket: S3Bucket) {}

  begin(key: string): Promise<void> {
    return S3UploadState.create(this.bucket, key);
  }

  async append(key: string, offset: number, bytes: ByteSource, signal?: AbortSignal): Promise<number> {
    const state = await this.load(key);
    const received = await this.lengthOf(state);
    if (received !== offset) throw new WrongOffset(received, offset);
    const buffer = new PartBuffer(state.partBytes);
    for (const part of buffer.add(await this.rest(state))) await this.addPart(state, part);
    let end = offset;
    const breaks: unknown[] = [];
    for await (const chunk of untilBreak(interruptible(bytes, { signal }), breaks)) {
      end += chunk.byteLength;
      for (const part of buffer.add(chunk)) await this.addPart(state, part);
    }
    if (end > offset && buffer.size > 0) await this.bucket.put(state.restName, buffer.take());
    if (breaks.length > 0) throw breaks[0];
    return end;
  }

  async received(key: string): Promise<number | undefined> {
    const state = await S3UploadState.load(this.bucket, key);
    return state && this.lengthOf(state);
  }

  async complete(key: string): Promise<void> {
    const state = await S3UploadState.load(this.bucket, key);
    if (!state) {
      if ((await this.bucket.size(objectName(key))) === undefined) throw new ObjectMissing(key);
      // As young as now for the sweep, as it is for whoever completes it.
      await this.bucket.put(completedName(key), Buffer.alloc(0));
      return;
    }
    const rest = await this.rest(state);
    if (state.uploadId !== null && state.etags.length > 0) {
      await this.join(key, state.uploadId, state, rest);
    } else {
      await this.bucket.put(objectName(key), rest);
      if (state.uploadId !== null) await this.bucket.abortUpload(objectName(key), state.uploadId);
    }
    await this.forget(key);
  }

  async abandon(key: string): Promise<void> {
    const state = await S3UploadState.load(this.bucket, key);
    if (state?.uploadId) await this.bucket.abortUpload(objectName(key), state.uploadId);
    await this.forget(key);
  }

  sweep(olderThan: Date, keep: KeepKeys): Promise<number> {
    return sweepBucket(this.bucket, olderThan, keep, (key) => this.abandon(key));
  }

  private async load(key: string): Promise<S3UploadState> {
    const state = await S3UploadState.load(this.bucket, key);
    if (!state) throw new ObjectMissing(key);
    return state;
  }

  private async lengthOf(state: S3UploadState): Promise<number> {
    return state.bytesInParts + ((await this.bucket.size(state.restName)) ?? 0);
  }

  private async rest(state: S3UploadState): Promise<Buffer> {
    return (await this.bucket.bytes(state.restName)) ?? Buffer.alloc(0);
  }

  /** Not to be interrupted: what has arrived counts, even if its sender has gone. */
  private async addPart(state: S3UploadState, part: Uint8Array): Promise<void> {
    const outdated = state.restName;
    await state.addPart(part);
    await this.bucket.remove([outdated]);
  }

  private async join(key: string, uploadId: string, state: S3UploadState, rest: Buffer): Promise<void> {
    try {
      const last = rest.byteLength > 0 ? [await state.uploadPart(rest)] : [];
      // Stores date such an object by the beginning of its upload; the sweep must know better.
      await this.bucket.put(completedName(key), Buffer.alloc(0));
      await this.bucket.completeUpload(objectName(key), uploadId, [...state.etags, ...last]);
    } catch (error) {
      // A process may have died after joining the parts and before forgetting them.
      const whole = state.bytesInParts + rest.byteLength;
      if (!isNotThere(error) || (await this.bucket.size(objectName(key))) !== whole) throw error;
    }
  }

  /** The state goes first: without it the other objects mean nothing, and a half-forgotten one is swept. */
  private async forget(key: string): Promise<void> {
    const prefix = unfinishedPrefix(key);
    await this.bucket.remove([`${prefix}state`]);
    for await (const page of this.bucket.pages(prefix))
      await this.bucket.remove(page.map(({ name }) => name));
  }
}

/** The chunks of `source`; the error that ends it goes into `breaks`, not to whoever reads. */
async function* untilBreak(
  source: ByteSource,
  breaks: unknown[],
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* source;
  } catch (error) {
    breaks.push(error);
  }
}
