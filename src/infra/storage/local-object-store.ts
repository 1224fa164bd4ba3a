// Objects as files below one folder. All processes of an installation must see the same folder.

import { open, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { AppError } from '../../common/errors/app-error.js';
import { interruptible } from './interruptible.js';
import { createFile, ifThere, moveFile, namesIn, onDisk, writeFully } from './local-files.js';
import { LocalLayout } from './local-layout.js';
import { LocalUnfinished } from './local-unfinished.js';
import { OBJECT_KEY } from './object-key.js';
import {
  ObjectMissing,
  ObjectStore,
  type ByteRange,
  type ByteSource,
  type KeepKeys,
  type ListedObject,
} from './object-store.js';
import { SinkWriter } from './sink-writer.js';

const CHUNK_BYTES = 256 * 1024;
const FOLDER = /^[0-9a-f]{2}$/;

interface Interruptible {
  readonly signal?: AbortSignal | undefined;
}

export class LocalObjectStore extends ObjectStore {
  private readonly layout: LocalLayout;
  private readonly unfinished: LocalUnfinished;

  /** @param directory absolute; it is made when it is first needed */
  constructor(directory: string) {
    super();
    this.layout = new LocalLayout(directory);
    this.unfinished = new LocalUnfinished(this.layout);
  }

  async write(key: string, bytes: ByteSource, { signal }: Interruptible = {}): Promise<number> {
    const object = this.layout.objectPath(key);
    const temporary = this.layout.temporaryPath();
    const handle = await onDisk(createFile(temporary));
    try {
      const size = await fill(handle, bytes, signal);
      await onDisk(moveFile(temporary, object));
      return size;
    } catch (error) {
      // What cannot be removed either is swept later.
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  async send(key: string, { start, end }: ByteRange, sink: Writable, signal?: AbortSignal): Promise<void> {
    const handle = await this.open(key);
    const writer = new SinkWriter(sink, signal);
    try {
      // One buffer and one read at a time cost about half the CPU of a pipe.
      const buffer = Buffer.allocUnsafeSlow(Math.max(1, Math.min(CHUNK_BYTES, end - start + 1)));
      for (let position = start; position <= end;) {
        const wanted = Math.min(buffer.byteLength, end - position + 1);
        const { bytesRead } = await onDisk(handle.read(buffer, 0, wanted, position));
        if (bytesRead === 0) throw new Error(`object ${key} ends at ${position}, before ${end}`);
        await writer.write(buffer.subarray(0, bytesRead));
        position += bytesRead;
      }
    } finally {
      writer.close();
      await handle.close();
    }
  }

  async read(key: string): Promise<Readable> {
    const handle = await this.open(key);
    return handle.createReadStream({ highWaterMark: CHUNK_BYTES });
  }

  localPath(key: string): string {
    return this.layout.objectPath(key);
  }

  async size(key: string): Promise<number | undefined> {
    const found = await onDisk(ifThere(stat(this.layout.objectPath(key))));
    return found?.size;
  }

  async delete(keys: readonly string[]): Promise<void> {
    // Not made durable: what a power cut brings back has no row, and is swept.
    for (const key of keys) await onDisk(rm(this.layout.objectPath(key), { force: true }));
  }

  async *list(olderThan: Date): AsyncGenerator<ListedObject, void, undefined> {
    const { objects } = this.layout;
    for (const first of await onDisk(namesIn(objects, FOLDER))) {
      for (const second of await onDisk(namesIn(join(objects, first), FOLDER))) {
        const folder = join(objects, first, second);
        for (const key of await onDisk(namesIn(folder, OBJECT_KEY))) {
          const found = await onDisk(ifThere(stat(join(folder, key))));
          if (found && found.mtime < olderThan) yield { key, size: found.size, modifiedAt: found.mtime };
        }
      }
    }
  }

  presignedUrl(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** A full disk is no reason to be unavailable: only uploads fail then, and say so. */
  async check(): Promise<void> {
    const path = this.layout.temporaryPath();
    try {
      const handle = await onDisk(createFile(path));
      await handle.close();
      await onDisk(rm(path, { force: true }));
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'storage_full')) throw error;
    }
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

  private async open(key: string): Promise<FileHandle> {
    const handle = await onDisk(ifThere(open(this.layout.objectPath(key), 'r')));
    if (!handle) throw new ObjectMissing(key);
    return handle;
  }
}

/** Writes all bytes to a new file, makes them durable and closes it. */
async function fill(handle: FileHandle, bytes: ByteSource, signal: AbortSignal | undefined): Promise<number> {
  let size = 0;
  try {
    for await (const chunk of interruptible(bytes, { signal })) {
      await onDisk(writeFully(handle, chunk, size));
      size += chunk.byteLength;
    }
    signal?.throwIfAborted();
    await onDisk(handle.sync());
    return size;
  } finally {
    await handle.close();
  }
}
