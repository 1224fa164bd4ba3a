// What only an object store in S3 does.

import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/app-config.js';
import { newObjectKey } from '../../src/infra/storage/object-key.js';
import type { ObjectStore } from '../../src/infra/storage/object-store.js';
import { openObjectStore } from '../../src/infra/storage/open-object-store.js';
import type { S3Server } from '../support/s3-server.js';
import { waitFor } from '../support/wait-for.js';
import { inPieces, silentAfter, someBytes, STORES, type StoreUnderTest } from './stores-under-test.js';

const MIB = 1024 * 1024;
const openInS3 = STORES[1]?.[1] as () => Promise<StoreUnderTest>;

describe('an object store in S3', () => {
  let test: StoreUnderTest;
  let store: ObjectStore;
  let s3: S3Server;

  beforeAll(async () => {
    test = await openInS3();
    store = test.store;
    s3 = test.s3 as S3Server;
  });
  afterEach(() => {
    s3.failure = undefined;
  });
  afterAll(() => test.close());

  const download = {
    contentDisposition: `attachment; filename*=UTF-8''%E6%96%87.txt`,
    contentType: 'text/csv',
    expiresInSeconds: 60,
  };

  it('signs URLs that download without a credential', async () => {
    const key = newObjectKey();
    await store.write(key, inPieces(Buffer.from('a,b')));
    const url = await store.presignedUrl(key, download);
    expect(url).toContain('X-Amz-Expires=60');
    const answer = await fetch(url ?? '');
    expect(await answer.text()).toBe('a,b');
    expect(answer.headers.get('content-disposition')).toBe(download.contentDisposition);
    expect(answer.headers.get('content-type')).toBe('text/csv');
  });

  it('signs none unless it is told to', async () => {
    const { storage } = loadConfig({ NODE_ENV: 'test', ...s3.settings });
    const plain = await openObjectStore(storage);
    expect(await plain.presignedUrl(newObjectKey(), download)).toBeUndefined();
  });

  it('sends small objects in one request', async () => {
    const before = s3.requests.get('PUT') ?? 0;
    await store.write(newObjectKey(), inPieces(someBytes(2 * MIB)));
    expect((s3.requests.get('PUT') ?? 0) - before).toBe(1);
  });

  it('asks again when the store is busy for a moment', async () => {
    const key = newObjectKey();
    s3.failure = { status: 503, code: 'SlowDown', times: 2 };
    expect(await store.write(key, inPieces(someBytes(100)))).toBe(100);
    expect(s3.failure.times).toBe(0);
    expect(await store.size(key)).toBe(100);
  });

  it.each([
    [500, 'InternalError', 'service_unavailable'],
    [403, 'AccessDenied', 'service_unavailable'],
    [404, 'NoSuchBucket', 'service_unavailable'],
    [507, 'XMinioStorageFull', 'storage_full'],
  ])('tells a %d %s as %3$s', async (status, code, expected) => {
    s3.failure = { status, code, times: 1_000 };
    const key = newObjectKey();
    await expect(store.write(key, inPieces(someBytes(100)))).rejects.toMatchObject({ code: expected });
    await expect(store.begin(key)).rejects.toMatchObject({ code: expected });
    await expect(store.check()).rejects.toThrow();
  });

  it('keeps what is counted when the store fails while bytes come in', async () => {
    const key = newObjectKey();
    await store.begin(key);
    await store.append(key, 0, inPieces(someBytes(100)));
    const parts = s3.requests.get('PUT part') ?? 0;
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield* inPieces(someBytes(6 * MIB));
      await waitFor('a part to be up', () => (s3.requests.get('PUT part') ?? 0) > parts);
      s3.failure = { status: 500, code: 'InternalError', times: 1_000 };
    };
    await expect(store.append(key, 100, failing())).rejects.toMatchObject({ code: 'service_unavailable' });
    s3.failure = undefined;
    // The part counts; what was to follow it could not be kept.
    expect(await store.received(key)).toBe(5 * MIB);
    await store.abandon(key);
  });

  it('completes again after dying between joining the parts and forgetting them', async () => {
    const key = newObjectKey();
    await store.begin(key);
    await store.append(key, 0, inPieces(someBytes(6 * MIB)));
    const folder = join(s3.directory, 'unfinished', key);
    const copy = join(s3.directory, '..', `copy-${key}`);
    await cp(folder, copy, { recursive: true });
    await store.complete(key);
    await rm(folder, { recursive: true, force: true });
    await cp(copy, folder, { recursive: true });
    expect(await store.received(key)).toBe(6 * MIB);
    await store.complete(key);
    expect(await store.size(key)).toBe(6 * MIB);
    expect(await store.received(key)).toBeUndefined();
  });

  it('does not count twice the bytes that became part of a part', async () => {
    const key = newObjectKey();
    await store.begin(key);
    await store.append(key, 0, inPieces(someBytes(3 * MIB)));
    const folder = join(s3.directory, 'unfinished', key);
    const rest = (await readdir(folder)).filter((name) => name.startsWith('rest'));
    const copy = join(s3.directory, '..', `copy-${key}`);
    await cp(folder, copy, { recursive: true });
    await store.append(key, 3 * MIB, inPieces(someBytes(2 * MIB)));
    // As if the process had died before it could remove them.
    for (const name of rest) await cp(join(copy, name), join(folder, name));
    expect(await store.received(key)).toBe(5 * MIB);
    await store.complete(key);
    expect(await store.size(key)).toBe(5 * MIB);
    expect((await test.contents()).filter((path) => path.includes(`unfinished/${key}`))).toEqual([]);
  });

  it('sweeps the parts of a write that nobody is at any more', async () => {
    const abort = new AbortController();
    let silent = false;
    const source = silentAfter(someBytes(6 * MIB), () => (silent = true));
    const writing = store.write(newObjectKey(), source, { signal: abort.signal }).catch(() => undefined);
    await waitFor('the writer to wait', () => silent);
    const sweep = (): Promise<number> =>
      store.sweepUnfinished(new Date(Date.now() - 3_600_000), (keys) => Promise.resolve(new Set(keys)));
    expect(await sweep()).toBe(0);
    await test.age();
    expect(await sweep()).toBe(1);
    expect((await test.contents()).filter((path) => path.includes('_uploads'))).toEqual([]);
    abort.abort(new Error('enough'));
    await writing;
  });

  it('fails at once when nobody listens', async () => {
    const away = await openInS3();
    await away.s3?.close();
    const failures = [away.store.check(), away.store.size(newObjectKey()), away.store.read(newObjectKey())];
    for (const failure of failures)
      await expect(failure).rejects.toMatchObject({ code: 'service_unavailable' });
    await expect(away.store.write(newObjectKey(), inPieces(someBytes(1)))).rejects.toMatchObject({
      code: 'service_unavailable',
    });
  });
});
