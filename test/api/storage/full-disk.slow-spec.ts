// A store on a disk that is really full: a small one of its own, mounted for the test. Only root may mount.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalObjectStore } from '../../../src/infra/storage/local-object-store.js';
import { newObjectKey } from '../../../src/infra/storage/object-key.js';
import { inPieces, sha256, someBytes } from '../../contract/stores-under-test.js';

const MIB = 1024 * 1024;
const FULL = { code: 'storage_full', status: 507 };

const disk = mkdtempSync(join(tmpdir(), 'milepost-disk-'));
const mounted = mount();
if (!mounted) console.warn('SKIPPED: what happens on a full disk; mounting one takes root');

function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
  rmdirSync(disk);
});

(mounted ? describe : describe.skip)('a store on a full disk', () => {
  const store = new LocalObjectStore(disk);
  const write = async (length: number): Promise<string> => {
    const key = newObjectKey();
    await store.write(key, inPieces(someBytes(length)));
    return key;
  };
  const files = async (): Promise<number> =>
    (await readdir(disk, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;

  it('refuses what does not fit, keeps nothing of it, and takes the next that does', async () => {
    await expect(write(9 * MIB)).rejects.toMatchObject(FULL);
    expect(await files()).toBe(0);
    const key = await write(3 * MIB);
    expect(await store.size(key)).toBe(3 * MIB);
    await store.delete([key]);
  });

  it('refuses the ones that do not fit when many come at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => write(3 * MIB)));
    const written = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused.length).toBeGreaterThanOrEqual(3);
    for (const reason of refused) expect(reason).toMatchObject(FULL);
    expect(await files()).toBe(written.length);
    await store.delete(written);
  });

  it('counts of a piece what fitted, and goes on from there when there is room', async () => {
    const filler = await write(5 * MIB);
    const bytes = someBytes(4 * MIB);
    const key = newObjectKey();
    await store.begin(key);
    await expect(store.append(key, 0, inPieces(bytes))).rejects.toMatchObject(FULL);
    const received = (await store.received(key)) ?? 0;
    expect(received).toBeLessThan(4 * MIB);
    await store.delete([filler]);
    expect(await store.append(key, received, inPieces(bytes.subarray(received)))).toBe(4 * MIB);
    await store.complete(key);
    const read = Buffer.concat((await (await store.read(key)).toArray()) as Buffer[]);
    expect(sha256(read)).toBe(sha256(bytes));
    await store.delete([key]);
  });

  it('is well: what is there can be read', async () => {
    const key = await write(7 * MIB);
    await expect(write(2 * MIB)).rejects.toMatchObject(FULL);
    await expect(store.check()).resolves.toBeUndefined();
    expect(await store.size(key)).toBe(7 * MIB);
  });
});
