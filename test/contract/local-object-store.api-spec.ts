// What only an object store on disk does.

import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalObjectStore } from '../../src/infra/storage/local-object-store.js';
import { newObjectKey } from '../../src/infra/storage/object-key.js';
import { inPieces, someBytes } from './stores-under-test.js';

describe('an object store on disk', () => {
  let directory: string;
  let store: LocalObjectStore;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'milepost-store-'));
    store = new LocalObjectStore(directory);
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('says where an object is, for nobody else to read', async () => {
    const key = newObjectKey();
    await store.write(key, inPieces(Buffer.from('bytes')));
    expect(await readFile(store.localPath(key), 'utf8')).toBe('bytes');
    expect((await stat(store.localPath(key))).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'objects'))).mode & 0o777).toBe(0o700);
    expect(await store.presignedUrl()).toBeUndefined();
  });

  it('spreads objects over folders', async () => {
    const key = newObjectKey();
    await store.write(key, inPieces(Buffer.from('bytes')));
    expect(store.localPath(key)).toBe(join(directory, 'objects', key.slice(0, 2), key.slice(2, 4), key));
  });

  it('keeps its hands off files that are not its own', async () => {
    const key = newObjectKey();
    await store.write(key, inPieces(Buffer.from('bytes')));
    const strange = [
      join(directory, 'objects', 'README'),
      join(directory, 'objects', 'zz'),
      join(directory, 'objects', key.slice(0, 2), key.slice(2, 4), '.hidden'),
    ];
    for (const path of strange) await writeFile(path, 'not ours');
    await mkdir(join(directory, 'unfinished'), { recursive: true });
    await writeFile(join(directory, 'unfinished', 'README'), 'not ours');
    const soon = new Date(Date.now() + 60_000);
    const listed = [];
    for await (const object of store.list(soon)) listed.push(object.key);
    expect(listed).toEqual([key]);
    expect(await store.sweepUnfinished(soon, () => Promise.resolve(new Set()))).toBe(0);
    expect(await readdir(join(directory, 'unfinished'))).toEqual(['README']);
  });

  it('sweeps what a write left that its process did not survive', async () => {
    await store.check();
    const leftover = join(directory, 'temporary', newObjectKey());
    await writeFile(leftover, 'half of it');
    const keepAll = (keys: string[]): Promise<Set<string>> => Promise.resolve(new Set(keys));
    expect(await store.sweepUnfinished(new Date(Date.now() - 60_000), keepAll)).toBe(0);
    expect(await store.sweepUnfinished(new Date(Date.now() + 60_000), keepAll)).toBe(1);
    expect(await readdir(join(directory, 'temporary'))).toEqual([]);
  });

  it.each(['beneath-a-file', '/proc/nowhere/storage'])(
    'is away when its folder cannot be: %s',
    async (path) => {
      await writeFile(join(directory, 'beneath-a-file'), '');
      const away = new LocalObjectStore(path.startsWith('/') ? path : join(directory, path, 'storage'));
      const key = newObjectKey();
      const unavailable = { code: 'service_unavailable' };
      await expect(away.write(key, inPieces(someBytes(1)))).rejects.toMatchObject(unavailable);
      await expect(away.begin(key)).rejects.toMatchObject(unavailable);
      await expect(away.check()).rejects.toMatchObject(unavailable);
    },
  );
});
