import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirectoryInUseError, lockDataDirectory } from './data-directory-lock.js';

describe('lock on the data directory', () => {
  let parent: string;
  let directory: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'milepost-lock-'));
    directory = join(parent, 'data');
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it('makes the directory for its owner only', async () => {
    await lockDataDirectory(directory, 'http://localhost:1');
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('refuses a second holder and names the first', async () => {
    await lockDataDirectory(directory, 'http://localhost:1');
    const second = lockDataDirectory(directory, 'http://localhost:2');
    await expect(second).rejects.toBeInstanceOf(DataDirectoryInUseError);
    await expect(second).rejects.toThrow(`process ${process.pid}, http://localhost:1.`);
  });

  it('can be taken again after its release', async () => {
    (await lockDataDirectory(directory, 'http://localhost:1')).release();
    expect((await lockDataDirectory(directory, 'http://localhost:2')).tookOver).toBe(false);
  });

  it.each([
    ['a process that is gone', { pid: 2 ** 22 + 1, startedAt: 'boot/1', url: '' }],
    ['an earlier process with the id of a living one', { pid: process.pid, startedAt: 'boot/1', url: '' }],
  ])('takes over from %s', async (_, holder) => {
    (await lockDataDirectory(directory, '')).release();
    writeFileSync(join(directory, 'lock', 'old.json'), JSON.stringify(holder));
    expect((await lockDataDirectory(directory, 'http://localhost:2')).tookOver).toBe(true);
    expect(readdirSync(join(directory, 'lock'))).toHaveLength(1);
  });

  it('gives one of many that come at once the lock', async () => {
    const attempts = Array.from({ length: 8 }, (_, index) =>
      lockDataDirectory(directory, `http://localhost:${index}`),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });
});
