// Takes the bytes of a file as they come: counts and hashes them on their way to the store, and keeps their
// beginning, by which the type is told.

import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { ObjectStore } from '../../infra/storage/object-store.js';
import { StoredObjects } from '../../infra/storage/stored-objects.js';
import { RunningDigest } from './running-digest.js';

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
    const digest = new RunningDigest();
    const measured = digest.follow(upTo(options.maxBytes, bytes));
    const size = await this.store.write(key, measured, options.signal ? { signal: options.signal } : {});
    return { key, size, ...digest.result() };
  }
}

async function* upTo(maxBytes: number, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > maxBytes) throw fileTooLarge(maxBytes);
    yield chunk;
  }
}

/** The refusal of a file of more than `maxBytes`. */
export function fileTooLarge(maxBytes: number): AppError {
  return new AppError('file_too_large', { detail: `A file may have at most ${maxBytes} bytes.` });
}
