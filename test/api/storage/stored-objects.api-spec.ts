// Rows and bytes: which go when, and what the sweep may take.

import { existsSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { ObjectStore } from '../../../src/infra/storage/object-store.js';
import { StoredObjects } from '../../../src/infra/storage/stored-objects.js';
import { inPieces, someBytes } from '../../contract/stores-under-test.js';
import { startApp, type TestApp } from '../../support/app.js';
import { waitFor } from '../../support/wait-for.js';

let app: TestApp;
let objects: StoredObjects;
let store: ObjectStore;

beforeAll(async () => {
  // Looks at the files; the stores themselves are compared in test/contract.
  app = await startApp({ settings: { STORAGE: 'local' } });
  objects = app.get(StoredObjects);
  store = app.get(ObjectStore as never);
});
afterAll(() => app.close());

const stored = async (): Promise<string> => {
  const key = objects.newKey();
  await store.write(key, inPieces(someBytes(1_000)));
  return key;
};
const kept = async (): Promise<string> => {
  const key = await stored();
  await app.database.transaction(() => objects.keep(key, 1_000));
  return key;
};
const rows = (key: string): Promise<{ size: number }[]> =>
  app.database.query('SELECT size FROM stored_objects WHERE key = $1', [key]);
const path = (key: string): string => store.localPath(key) ?? '';
const age = async (key: string): Promise<void> => {
  const older = new Date(Date.now() - 7_200_000);
  await utimes(path(key), older, older);
};
const anHourAgo = (): Date => new Date(Date.now() - 3_600_000);
const sweep = (): Promise<number> => objects.sweep(anHourAgo(), new AbortController().signal);

describe('stored objects', () => {
  it('have keys that nobody can guess', () => {
    const keys = Array.from({ length: 100 }, () => objects.newKey());
    expect(keys.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
    expect(new Set(keys).size).toBe(100);
  });

  it('are kept with their latest size', async () => {
    const key = await kept();
    await objects.keep(key, 7);
    expect(await rows(key)).toEqual([{ size: 7 }]);
  });

  it('lose row and bytes when they are released', async () => {
    const [one, other] = [await kept(), await kept()];
    await app.database.transaction(async () => {
      await objects.release([one, other]);
      expect(await rows(one)).toEqual([]);
      // Not before the commit: it may still fail.
      expect(existsSync(path(one))).toBe(true);
    });
    expect([await rows(one), await rows(other)]).toEqual([[], []]);
    await waitFor('the bytes to go', () => !existsSync(path(one)) && !existsSync(path(other)));
  });

  it('lose nothing when the release is rolled back', async () => {
    const key = await kept();
    const failing = app.database.transaction(async () => {
      await objects.release([key]);
      throw new Error('something else failed');
    });
    await expect(failing).rejects.toThrow('something else failed');
    expect(await rows(key)).toHaveLength(1);
    expect(existsSync(path(key))).toBe(true);
  });

  it('are released also when the store is away, and swept later', async () => {
    const key = await kept();
    const away = jest.spyOn(store, 'delete').mockRejectedValueOnce(new Error('away'));
    await app.database.transaction(() => objects.release([key]));
    away.mockRestore();
    expect(existsSync(path(key))).toBe(true);
    await age(key);
    expect(await sweep()).toBe(1);
    expect(existsSync(path(key))).toBe(false);
  });

  it('are swept when they are old and have no row, and only then', async () => {
    const [orphan, young, needed] = [await stored(), await stored(), await kept()];
    await age(orphan);
    await age(needed);
    expect(await sweep()).toBe(1);
    expect([orphan, young, needed].map((key) => existsSync(path(key)))).toEqual([false, true, true]);
    expect(await rows(needed)).toHaveLength(1);
  });

  it('leave objects that still arrive to whoever began them', async () => {
    const key = objects.newKey();
    await store.begin(key);
    await objects.sweep(new Date(Date.now() + 60_000), new AbortController().signal);
    expect(await store.received(key)).toBe(0);
  });

  it('are swept no further once the signal says so', async () => {
    const key = await stored();
    await age(key);
    expect(await objects.sweep(anHourAgo(), AbortSignal.abort())).toBe(0);
    expect(existsSync(path(key))).toBe(true);
  });
});
