// What every object store does with whole objects, on disk and in S3.

import { readdirSync, readlinkSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Writable } from 'node:stream';
import { newObjectKey } from '../../src/infra/storage/object-key.js';
import { ObjectMissing } from '../../src/infra/storage/object-store.js';
import { waitFor } from '../support/wait-for.js';
import {
  breakingAfter,
  Collector,
  inPieces,
  sha256,
  silentAfter,
  someBytes,
  STORES,
  type StoreUnderTest,
} from './stores-under-test.js';

const MIB = 1024 * 1024;

describe.each(STORES)('an object store %s', (_name, open) => {
  let test: StoreUnderTest;

  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test.close());

  const stored = async (bytes: Buffer): Promise<string> => {
    const key = newObjectKey();
    await test.store.write(key, inPieces(bytes));
    return key;
  };
  const sent = async (key: string, start: number, end: number): Promise<Buffer> => {
    const sink = new Collector();
    await test.store.send(key, { start, end }, sink);
    return sink.bytes;
  };

  it.each([0, 1, 5 * MIB, 12 * MIB + 7])('gives back the %d bytes it was given', async (length) => {
    const bytes = someBytes(length);
    const key = newObjectKey();
    expect(await test.store.write(key, inPieces(bytes), { size: length })).toBe(length);
    expect(await test.store.size(key)).toBe(length);
    const read = Buffer.concat((await (await test.store.read(key)).toArray()) as Buffer[]);
    expect(sha256(read)).toBe(sha256(bytes));
    expect(sha256(await sent(key, 0, length - 1))).toBe(sha256(bytes));
  });

  it('sends any part of an object', async () => {
    const bytes = someBytes(MIB);
    const key = await stored(bytes);
    const ranges = [
      [0, 0],
      [MIB - 1, MIB - 1],
      [1, 10],
      [262_143, 262_145],
      [100_000, 900_000],
    ] as const;
    for (const [start, end] of ranges) {
      expect((await sent(key, start, end)).equals(bytes.subarray(start, end + 1))).toBe(true);
    }
  });

  it('says when there is no such object, before a byte is written', async () => {
    const sink = new Collector();
    const key = newObjectKey();
    await expect(test.store.send(key, { start: 0, end: 9 }, sink)).rejects.toThrow(ObjectMissing);
    await expect(test.store.read(key)).rejects.toThrow(ObjectMissing);
    expect(await test.store.size(key)).toBeUndefined();
    expect(sink.bytes).toHaveLength(0);
    expect(sink.destroyed).toBe(false);
    expect(sink.listenerCount('close') + sink.listenerCount('error')).toBe(0);
  });

  it.each([100, 7 * MIB])('keeps nothing of a source that breaks after %d bytes', async (length) => {
    const before = await test.contents();
    const broken = new Error('the sender has gone');
    const key = newObjectKey();
    await expect(test.store.write(key, breakingAfter(someBytes(length), broken))).rejects.toBe(broken);
    expect(await test.contents()).toEqual(before);
    expect(await test.store.size(key)).toBeUndefined();
  });

  it.each([100, 7 * MIB])('keeps nothing when it is aborted %d bytes into a silence', async (length) => {
    const before = await test.contents();
    const abort = new AbortController();
    const reason = new Error('taken too long');
    const source = silentAfter(someBytes(length), () => abort.abort(reason));
    const { signal } = abort;
    await expect(test.store.write(newObjectKey(), source, { signal })).rejects.toBe(reason);
    await expect(test.store.write(newObjectKey(), inPieces(someBytes(9)), { signal })).rejects.toBe(reason);
    expect(await test.contents()).toEqual(before);
  });

  it('writes many objects at once', async () => {
    const before = (await test.contents()).length;
    const written = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const bytes = someBytes(index * 30_011, index);
        return { key: await stored(bytes), bytes };
      }),
    );
    for (const { key, bytes } of written.filter(({ bytes }) => bytes.byteLength > 0)) {
      expect((await sent(key, 0, bytes.byteLength - 1)).equals(bytes)).toBe(true);
    }
    expect(await test.contents()).toHaveLength(before + 20);
  });

  it('deletes what is there, and minds not if it is not', async () => {
    const keys = await Promise.all(Array.from({ length: 12 }, () => stored(someBytes(10))));
    await test.store.delete([...keys, newObjectKey()]);
    await test.store.delete(keys);
    expect(await Promise.all(keys.map((key) => test.store.size(key)))).toEqual(keys.map(() => undefined));
  });

  it('lists what was finished before a time, beyond one page', async () => {
    const empty = await open();
    const keys: string[] = [];
    try {
      for (let count = 0; count < 25; count += 1) {
        const key = newObjectKey();
        await empty.store.write(key, inPieces(Buffer.from('x')));
        keys.push(key);
      }
      await empty.age();
      await empty.store.write(newObjectKey(), inPieces(Buffer.from('young')));
      const listed = [];
      for await (const object of empty.store.list(new Date(Date.now() - 3_600_000))) listed.push(object);
      expect(listed.map(({ key }) => key).sort()).toEqual(keys.sort());
      expect(new Set(listed.map(({ size }) => size))).toEqual(new Set([1]));
      expect(Math.max(...listed.map(({ modifiedAt }) => modifiedAt.getTime()))).toBeLessThan(
        Date.now() - 3_600_000,
      );
    } finally {
      await empty.close();
    }
  });

  it('waits for a slow sink with one chunk in its hands, and lets go at an abort', async () => {
    const key = await stored(someBytes(4 * MIB));
    const chunks: number[] = [];
    const sink = new Writable({ highWaterMark: 1, write: (chunk: Buffer) => void chunks.push(chunk.length) });
    const abort = new AbortController();
    const reason = new Error('too slow');
    const sending = test.store.send(key, { start: 0, end: 4 * MIB - 1 }, sink, abort.signal);
    const outcome = sending.catch((error: unknown) => error);
    await waitFor('a first chunk', () => chunks.length > 0);
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(chunks).toHaveLength(1);
    expect(chunks[0]).toBeLessThanOrEqual(262_144);
    expect(sink.writableLength).toBeLessThanOrEqual(262_144);
    abort.abort(reason);
    expect(await outcome).toBe(reason);
    expect(sink.destroyed).toBe(false);
  });

  it('stops when its reader goes', async () => {
    const key = await stored(someBytes(MIB));
    const gone = new Writable({ write: (_chunk, _encoding, _done) => setImmediate(() => gone.destroy()) });
    await expect(test.store.send(key, { start: 0, end: MIB - 1 }, gone)).rejects.toMatchObject({
      code: 'ERR_STREAM_PREMATURE_CLOSE',
    });
    const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no more')) });
    const sending = test.store.send(key, { start: 0, end: MIB - 1 }, failing);
    failing.on('error', () => undefined);
    await expect(sending).rejects.toThrow('no more');
    await expect(test.store.send(key, { start: 0, end: 9 }, gone)).rejects.toThrow('the reader has gone');
  });

  it('closes what it opened, whatever happened', async () => {
    const key = await stored(someBytes(3 * MIB));
    const before = openFiles();
    for (let round = 0; round < 10; round += 1) {
      const gone = new Writable({ write: () => setImmediate(() => gone.destroy()) });
      await expect(test.store.send(key, { start: 0, end: 3 * MIB - 1 }, gone)).rejects.toThrow();
      await expect(
        test.store.write(newObjectKey(), breakingAfter(someBytes(9), new Error('gone'))),
      ).rejects.toThrow('gone');
      const unread = await test.store.read(key);
      unread.destroy();
      await finished(unread).catch(() => undefined);
    }
    await waitFor('all files to be closed', () => openFiles() <= before);
    // At most the one that is kept for the next request.
    if (test.s3)
      await waitFor('connections to close', async () => ((await test.s3?.connections()) ?? 0) <= 2);
  });

  it('takes nothing for a key that is none', async () => {
    const key = '../../../../etc/passwd';
    await expect(test.store.write(key, inPieces(Buffer.from('x')))).rejects.toThrow('not a key');
    await expect(test.store.read(key)).rejects.toThrow('not a key');
    await expect((async () => test.store.begin(key))()).rejects.toThrow('not a key');
    await expect((async () => test.store.delete([key]))()).rejects.toThrow('not a key');
    expect(() => test.store.localPath(key) ?? checkedInS3()).toThrow('not a key');
  });

  it('is well', async () => {
    await expect(test.store.check()).resolves.toBeUndefined();
    expect((await test.contents()).filter((path) => /temporary|unfinished/.test(path))).toEqual([]);
  });
});

/** How many files this process has open; connections do not count. */
function openFiles(): number {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('/');
    } catch {
      return false;
    }
  }).length;
}

function checkedInS3(): never {
  throw new Error('not a key, and no path either');
}
