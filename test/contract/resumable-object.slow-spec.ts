// What every object store does with objects that arrive in pieces, on disk and in S3.

import { newObjectKey } from '../../src/infra/storage/object-key.js';
import { ObjectMissing, type ObjectStore } from '../../src/infra/storage/object-store.js';
import {
  breakingAfter,
  inPieces,
  sha256,
  silentAfter,
  someBytes,
  STORES,
  type StoreUnderTest,
} from './stores-under-test.js';

const MIB = 1024 * 1024;
const anHourAgo = (): Date => new Date(Date.now() - 3_600_000);

describe.each(STORES)('an object that arrives in pieces %s', (_name, open) => {
  let test: StoreUnderTest;
  let store: ObjectStore;

  beforeAll(async () => {
    test = await open();
    store = test.store;
  });
  afterAll(() => test.close());

  const begun = async (): Promise<string> => {
    const key = newObjectKey();
    await store.begin(key);
    return key;
  };
  const read = async (key: string): Promise<Buffer> =>
    Buffer.concat((await (await store.read(key)).toArray()) as Buffer[]);

  it('is the same as one written at once, however it was cut and whichever process took a piece', async () => {
    const bytes = someBytes(17 * MIB + 13);
    const key = await begun();
    const broken = new Error('the line is dead');
    // Smaller than a part, across one, of several, of nothing, and of one byte.
    const cuts = [0, 1, 999, 999, 3 * MIB, 5 * MIB, 5 * MIB + 1, 16 * MIB, 17 * MIB, bytes.byteLength];
    for (const [index, start] of cuts.slice(0, -1).entries()) {
      const piece = bytes.subarray(start, cuts[index + 1]);
      const process = await test.reopen();
      expect(await process.received(key)).toBe(start);
      if (index % 2 === 0) {
        expect(await process.append(key, start, inPieces(piece))).toBe(start + piece.byteLength);
      } else {
        await expect(process.append(key, start, breakingAfter(piece, broken))).rejects.toBe(broken);
      }
    }
    expect(await store.size(key)).toBeUndefined();
    await store.complete(key);
    expect(await store.received(key)).toBeUndefined();
    expect(await store.size(key)).toBe(bytes.byteLength);
    expect(sha256(await read(key))).toBe(sha256(bytes));
    expect((await test.contents()).filter((path) => path.includes(key))).toHaveLength(test.s3 ? 2 : 1);
  });

  it('counts what had arrived when it was aborted', async () => {
    const key = await begun();
    const bytes = someBytes(6 * MIB);
    const abort = new AbortController();
    const reason = new Error('the lock is lost');
    const source = silentAfter(bytes, () => abort.abort(reason));
    await expect(store.append(key, 0, source, { signal: abort.signal })).rejects.toBe(reason);
    expect(await store.received(key)).toBe(bytes.byteLength);
    await expect(store.append(key, 6 * MIB, inPieces(bytes), { signal: abort.signal })).rejects.toBe(reason);
    expect(await store.received(key)).toBe(bytes.byteLength);
    expect(await store.append(key, bytes.byteLength, inPieces(Buffer.from('!')))).toBe(bytes.byteLength + 1);
    await store.complete(key);
    expect(sha256(await read(key))).toBe(sha256(Buffer.concat([bytes, Buffer.from('!')])));
  });

  it('takes bytes at its end alone', async () => {
    const key = await begun();
    await store.append(key, 0, inPieces(someBytes(100)));
    for (const offset of [0, 99, 101]) {
      await expect(store.append(key, offset, inPieces(someBytes(10)))).rejects.toMatchObject({
        name: 'WrongOffset',
        expected: 100,
        given: offset,
      });
    }
    expect(await store.received(key)).toBe(100);
  });

  it('is not there before it was begun', async () => {
    const key = newObjectKey();
    await expect(store.append(key, 0, inPieces(someBytes(1)))).rejects.toThrow(ObjectMissing);
    await expect(store.complete(key)).rejects.toThrow(ObjectMissing);
    expect(await store.received(key)).toBeUndefined();
    await expect(store.abandon(key)).resolves.toBeUndefined();
    expect((await test.contents()).filter((path) => path.includes(key))).toEqual([]);
  });

  it('can be empty, and completed again', async () => {
    const key = await begun();
    expect(await store.received(key)).toBe(0);
    await store.complete(key);
    await store.complete(key);
    expect(await store.size(key)).toBe(0);
    expect(await read(key)).toHaveLength(0);
  });

  it.each([10, 6 * MIB])('leaves nothing of its %d bytes when it is abandoned', async (length) => {
    const before = await test.contents();
    const key = await begun();
    await store.append(key, 0, inPieces(someBytes(length)));
    await store.abandon(key);
    await store.abandon(key);
    expect(await store.received(key)).toBeUndefined();
    expect(await test.contents()).toEqual(before);
  });

  it('is swept when it is old and nobody needs it', async () => {
    const alone = await open();
    try {
      const [needed, forgotten, big, young] = Array.from({ length: 4 }, newObjectKey) as [
        string,
        string,
        string,
        string,
      ];
      for (const key of [needed, forgotten, big]) await alone.store.begin(key);
      await alone.store.append(needed, 0, inPieces(someBytes(100)));
      await alone.store.append(big, 0, inPieces(someBytes(5 * MIB + 1)));
      await alone.age();
      await alone.store.begin(young);
      const asked: string[] = [];
      const keep = (keys: string[]): Promise<Set<string>> => {
        asked.push(...keys);
        return Promise.resolve(new Set([needed]));
      };
      expect(await alone.store.sweepUnfinished(anHourAgo(), keep)).toBe(2);
      expect(asked.sort()).toEqual([needed, forgotten, big].sort());
      const left = [needed, forgotten, big, young].map((key) => alone.store.received(key));
      expect(await Promise.all(left)).toEqual([100, undefined, undefined, 0]);
      expect((await alone.contents()).filter((path) => path.includes(big))).toEqual([]);
      await alone.store.complete(needed);
      expect(await alone.store.size(needed)).toBe(100);
    } finally {
      await alone.close();
    }
  });

  it('is young for the sweep once it is completed, however long it took', async () => {
    const alone = await open();
    try {
      const listed = async (): Promise<string[]> => {
        const keys = [];
        for await (const { key } of alone.store.list(anHourAgo())) keys.push(key);
        return keys;
      };
      const key = newObjectKey();
      await alone.store.begin(key);
      await alone.store.append(key, 0, inPieces(someBytes(6 * MIB)));
      await alone.age();
      await alone.store.complete(key);
      await alone.dateFromBeginning?.(key);
      expect(await listed()).toEqual([]);
      await alone.age();
      expect(await listed()).toEqual([key]);
      // Completing again, as after a crash, gives whoever does it time again.
      await alone.store.complete(key);
      expect(await listed()).toEqual([]);
      await alone.age();
      expect(await alone.store.sweepUnfinished(anHourAgo(), () => Promise.resolve(new Set()))).toBe(0);
      expect(await listed()).toEqual([key]);
      expect(await alone.contents()).toHaveLength(1);
    } finally {
      await alone.close();
    }
  });
});
