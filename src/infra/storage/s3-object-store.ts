// Objects in one bucket of an S3-compatible store.

import { Readable, type Writable } from 'node:stream';
import type { S3StorageConfig } from '../../config/storage-config.js';
import { interruptible } from './interruptible.js';
import {
  ObjectMissing,
  ObjectStore,
  type ByteRange,
  type ByteSource,
  type KeepKeys,
  type ListedObject,
  type PresignedDownload,
} from './object-store.js';
import { PartBuffer } from './part-buffer.js';
import type { S3Body } from './s3-body.js';
import { S3Bucket } from './s3-bucket.js';
import { COMPLETED, keyIn, objectName, OBJECTS } from './s3-names.js';
import { S3Unfinished } from './s3-unfinished.js';
import { PART_BYTES } from './s3-upload-state.js';
import { SinkWriter } from './sink-writer.js';

interface Interruptible {
  readonly signal?: AbortSignal | undefined;
}

export class S3ObjectStore extends ObjectStore {
  private readonly bucket: S3Bucket;
  private readonly unfinished: S3Unfinished;

  constructor(private readonly config: S3StorageConfig) {
    super();
    this.bucket = new S3Bucket(config);
    this.unfinished = new S3Unfinished(this.bucket);
  }

  /** Holds one part of 5 MiB in memory, so that a failed request can be repeated. */
  async write(key: string, bytes: ByteSource, { signal }: Interruptible = {}): Promise<number> {
    const name = objectName(key);
    const buffer = new PartBuffer(PART_BYTES);
    const etags: string[] = [];
    let uploadId: string | undefined;
    let size = 0;
    try {
      for await (const chunk of interruptible(bytes, { signal })) {
        size += chunk.byteLength;
        for (const part of buffer.add(chunk)) {
          uploadId ??= await this.bucket.beginUpload(name, signal);
          etags.push(await this.bucket.uploadPart(name, uploadId, etags.length + 1, part, signal));
        }
      }
      if (uploadId === undefined) {
        await this.bucket.put(name, buffer.take(), signal);
        return size;
      }
      if (buffer.size > 0) {
        etags.push(await this.bucket.uploadPart(name, uploadId, etags.length + 1, buffer.take(), signal));
      }
      signal?.throwIfAborted();
      await this.bucket.completeUpload(name, uploadId, etags);
      return size;
    } catch (error) {
      // What cannot be aborted now either is swept later.
      if (uploadId !== undefined) await this.bucket.abortUpload(name, uploadId).catch(() => undefined);
      throw error;
    }
  }

  async send(key: string, range: ByteRange, sink: Writable, signal?: AbortSignal): Promise<void> {
    if (range.end < range.start) return this.requireThere(key);
    const body = await this.open(key, range, signal);
    const writer = new SinkWriter(sink, signal);
    let missing = range.end - range.start + 1;
    try {
      for await (const chunk of body) {
        await writer.write(chunk);
        missing -= chunk.byteLength;
      }
    } finally {
      writer.close();
    }
    if (missing !== 0) throw new Error(`object ${key} ends before ${range.end}`);
  }

  async read(key: string): Promise<Readable> {
    const body = await this.open(key);
    const stream = Readable.from(body, { objectMode: false });
    // A stream that ends before it was read never starts its source, and that would keep the connection.
    return stream.once('close', () => body.destroy());
  }

  localPath(): undefined {
    return undefined;
  }

  size(key: string): Promise<number | undefined> {
    return this.bucket.size(objectName(key));
  }

  delete(keys: readonly string[]): Promise<void> {
    return this.bucket.remove(keys.map(objectName));
  }

  async *list(olderThan: Date): AsyncGenerator<ListedObject, void, undefined> {
    for await (const page of this.bucket.pages(OBJECTS)) {
      const old = page.filter(({ modifiedAt }) => modifiedAt < olderThan);
      // After the page: the mark of a completed upload is there before its object is.
      const young = old.length > 0 ? await this.completedSince(olderThan) : new Set();
      for (const { name, size, modifiedAt } of old) {
        const key = keyIn(name, OBJECTS);
        if (key && !young.has(key)) yield { key, size, modifiedAt };
      }
    }
  }

  async presignedUrl(key: string, download: PresignedDownload): Promise<string | undefined> {
    return this.config.presignedDownloads ? this.bucket.signedUrl(objectName(key), download) : undefined;
  }

  check(): Promise<void> {
    return this.bucket.check();
  }

  begin(key: string): Promise<void> {
    return this.unfinished.begin(key);
  }

  append(key: string, offset: number, bytes: ByteSource, { signal }: Interruptible = {}): Promise<number> {
    return this.unfinished.append(key, offset, bytes, signal);
  }

  received(key: string): Promise<number | undefined> {
    return this.unfinished.received(key);
  }

  complete(key: string): Promise<void> {
    return this.unfinished.complete(key);
  }

  abandon(key: string): Promise<void> {
    return this.unfinished.abandon(key);
  }

  sweepUnfinished(olderThan: Date, keep: KeepKeys): Promise<number> {
    return this.unfinished.sweep(olderThan, keep);
  }

  /** Ends the connections to the store. */
  onApplicationShutdown(): void {
    this.bucket.close();
  }

  private async open(key: string, range?: ByteRange, signal?: AbortSignal): Promise<S3Body> {
    const body = await this.bucket.get(objectName(key), range, signal);
    if (!body) throw new ObjectMissing(key);
    return body;
  }

  private async requireThere(key: string): Promise<void> {
    if ((await this.size(key)) === undefined) throw new ObjectMissing(key);
  }

  private async completedSince(time: Date): Promise<Set<string>> {
    const keys = new Set<string>();
    for await (const page of this.bucket.pages(COMPLETED)) {
      for (const { name, modifiedAt } of page) {
        const key = keyIn(name, COMPLETED);
        if (key && modifiedAt >= time) keys.add(key);
      }
    }
    return keys;
  }
}
