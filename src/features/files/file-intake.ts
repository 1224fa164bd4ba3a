// Takes the bytes of a file as they come: counts and hashes them on their way to the store, and keeps their
// beginning, by which the type is told.

import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { ObjectStore } from '../../infra/storage/object-store.js';
import { StoredObjects } from '../../infra/storage/stored-objects.js';
import { HEAD_BYTES } from './file-types.js';

/** Bytes that are stored, and belong to no row yet. */
export interface ReceivedFile {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  readonly sha256: Buffer;
  /** The first bytes, up to HEAD_BYTES. */
  readonly head: Buffer;
}

export interface IntakeOptions {
  /** Most bytes that are taken. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

@Injectable()
export class FileIntake {
  constructor(
    private readonly store: ObjectStore,
    private readonly objects: StoredObjects,
  ) {}

  /**
   * Stores `bytes` durably under a new key. When it fails, the store keeps nothing.
   * @throws AppError file_too_large, storage_full, service_unavailable; whatever the source throws
   */
  async take(bytes: AsyncIterable<Uint8Array>, options: IntakeOptions): Promise<ReceivedFile> {
    const key = this.objects.newKey();
    const measured = new MeasuredBytes(bytes, options.maxBytes);
    const size = await this.store.write(key, measured, options.signal ? { signal: options.signal } : {});
    return { key, size, ...measured.result() };
  }
}

/** Passes bytes on, and knows their hash and head afterwards. */
class MeasuredBytes implements AsyncIterable<Uint8Array> {
  private readonly hash = createHash('sha256');
  private readonly head: Uint8Array[] = [];
  private size = 0;

  constructor(
    private readonly source: AsyncIterable<Uint8Array>,
    private readonly maxBytes: number,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.source) {
      if (this.size < HEAD_BYTES) this.head.push(Uint8Array.from(chunk.subarray(0, HEAD_BYTES - this.size)));
      this.size += chunk.length;
      if (this.size > this.maxBytes) throw fileTooLarge(this.maxBytes);
      this.hash.update(chunk);
      yield chunk;
    }
  }

  result(): Pick<ReceivedFile, 'sha256' | 'head'> {
    return { sha256: this.hash.digest(), head: Buffer.concat(this.head) };
  }
}

/** The refusal of a file of more than `maxBytes`. */
export function fileTooLarge(maxBytes: number): AppError {
  return new AppError('file_too_large', { detail: `A file may have at most ${maxBytes} bytes.` });
}
