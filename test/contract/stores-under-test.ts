// The object stores that the contract is held against, each empty and alone, with a look behind it.

import { createCipheriv, createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { loadConfig } from '../../src/config/app-config.js';
import type { ObjectStore } from '../../src/infra/storage/object-store.js';
import { openObjectStore } from '../../src/infra/storage/open-object-store.js';
import { startS3, type S3Server } from '../support/s3-server.js';

export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** Undefined for the local one. */
  readonly s3: S3Server | undefined;
  /** Another process's view of the same store. */
  reopen(): Promise<ObjectStore>;
  /** Everything that is kept, finished or not, as file names; what s3rver notes beside it left out. */
  contents(): Promise<string[]>;
  /** Makes everything that is there two hours older. */
  age(): Promise<void>;
  /** Dates a completed object by the beginning of its upload, as S3 does; for stores that may. */
  readonly dateFromBeginning: ((key: string) => Promise<void>) | undefined;
  close(): Promise<void>;
}

async function underTest(
  settings: Readonly<Record<string, string>>,
  directory: string,
  s3?: S3Server,
): Promise<StoreUnderTest> {
  const { storage } = loadConfig({ NODE_ENV: 'test', ...settings });
  const opened: ObjectStore[] = [];
  const open = async (): Promise<ObjectStore> => {
    const store = await openObjectStore(storage);
    opened.push(store);
    return store;
  };
  const files = async (): Promise<string[]> => {
    if (!existsSync(directory)) return [];
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  };
  const contents = async (): Promise<string[]> =>
    (await files()).filter((path) => !/\.md5$|metadata(\.json)?$/.test(path));
  return {
    store: await open(),
    s3,
    reopen: open,
    contents,
    age: async () => {
      for (const path of await files()) {
        const { mtime } = await stat(path);
        const older = new Date(mtime.getTime() - 7_200_000);
        await utimes(path, older, older);
      }
    },
    dateFromBeginning:
      s3 &&
      (async (key) => {
        const path = (await contents()).find((name) => name.includes(`objects/${key}`));
        const longAgo = new Date(Date.now() - 20 * 3_600_000);
        await utimes(path ?? '', longAgo, longAgo);
      }),
    close: async () => {
      for (const store of opened) (store as { onApplicationShutdown?: () => void }).onApplicationShutdown?.();
      await s3?.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export const STORES: [name: string, open: () => Promise<StoreUnderTest>][] = [
  [
    'on disk',
    () => {
      const directory = mkdtempSync(join(tmpdir(), 'milepost-store-'));
      return underTest({ STORAGE_DIR: join(directory, 'not', 'there', 'yet') }, directory);
    },
  ],
  [
    'in S3',
    async () => {
      const s3 = await startS3();
      return underTest({ ...s3.settings, S3_PRESIGNED_DOWNLOADS: 'true' }, s3.directory, s3);
    },
  ],
];

/** Bytes that look random, the same with every call. */
export function someBytes(length: number, seed = 1): Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length));
}

/** The bytes in pieces, as a connection brings them. */
export async function* inPieces(bytes: Uint8Array, pieceBytes = 65_521): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
    // A turn of the loop between them, as with a connection.
    await new Promise((resolve) => setImmediate(resolve));
    yield bytes.subarray(at, at + pieceBytes);
  }
}

/** The bytes in pieces, and then an error. */
export async function* breakingAfter(bytes: Uint8Array, error: Error): AsyncGenerator<Uint8Array> {
  yield* inPieces(bytes);
  throw error;
}

/** The bytes in pieces, and then nothing more, without an end. */
export async function* silentAfter(bytes: Uint8Array, onSilence: () => void): AsyncGenerator<Uint8Array> {
  yield* inPieces(bytes);
  onSilence();
  await new Promise(() => undefined);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Takes bytes and copies them, as what comes in is only lent. */
export class Collector extends Writable {
  private readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(Buffer.from(chunk));
    setImmediate(done);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}
