// One launcher per DATA_DIR. Each start writes a file with a name that is never used again, then looks at the
// others: of two starts at once at least the later one sees the earlier. Files of dead processes are removed,
// which harms nobody as no other process ever gets that name. So there is no stale lock and no race.

import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess, processStatus } from './process-status.js';

const ATTEMPTS = 4;

export interface LockHolder {
  readonly pid: number;
  /** As of processStatus(). */
  readonly startedAt: string;
  /** Where the holder's API is. */
  readonly url: string;
}

export interface DataDirectoryLock {
  /** True when an earlier holder ended without releasing it, for example by kill -9. */
  readonly tookOver: boolean;
  release(): void;
}

/** Another launcher works on the data directory. */
export class DataDirectoryInUseError extends Error {
  constructor(
    readonly directory: string,
    readonly holder: LockHolder,
  ) {
    super(
      `Milepost already runs on ${directory}: process ${holder.pid}, ${holder.url}. ` +
        'Stop it, or set another DATA_DIR and PORT.',
    );
    this.name = 'DataDirectoryInUseError';
  }
}

/**
 * Makes `directory` (0700) when it is missing and takes the lock on it for this process.
 * @param url shown to whoever tries the same meanwhile
 * @throws DataDirectoryInUseError when a living process holds it
 */
export async function lockDataDirectory(directory: string, url: string): Promise<DataDirectoryLock> {
  const locks = join(directory, 'lock');
  makeDirectory(directory, locks);
  const self: LockHolder = { pid: process.pid, startedAt: processStatus(process.pid)?.startedAt ?? '', url };
  let tookOver = false;
  for (let attempt = 1; ; attempt += 1) {
    const own = writeLock(locks, self);
    const others = readLocks(locks).filter((lock) => lock.path !== own);
    const alive = others.filter(
      (lock) => lock.holder && isSameProcess(lock.holder.pid, lock.holder.startedAt),
    );
    for (const lock of others.filter((other) => !alive.includes(other))) {
      rmSync(lock.path, { force: true });
      tookOver = true;
    }
    const holder = alive[0]?.holder;
    if (!holder) return { tookOver, release: () => rmSync(own, { force: true }) };
    rmSync(own, { force: true });
    if (attempt === ATTEMPTS) throw new DataDirectoryInUseError(directory, holder);
    // Two that start at the same moment see each other and both step back: let chance decide.
    await sleep(randomInt(20, 120));
  }
}

function makeDirectory(directory: string, locks: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    mkdirSync(locks, { recursive: true, mode: 0o700 });
    rmSync(join(locks, 'writable'), { force: true });
    writeFileSync(join(locks, 'writable'), '');
    rmSync(join(locks, 'writable'), { force: true });
  } catch (error) {
    throw new Error(`DATA_DIR ${directory} cannot be used: ${reason(directory, error)}`);
  }
}

function reason(directory: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const owner = statSync(directory, { throwIfNoEntry: false })?.uid;
  const self = process.getuid?.();
  if (owner === undefined || self === undefined || owner === self) return message;
  return `it belongs to user ${owner} and this process runs as user ${self}. Run as that user, or set another DATA_DIR.`;
}

function writeLock(locks: string, holder: LockHolder): string {
  const name = `${holder.pid}-${randomBytes(8).toString('hex')}`;
  const path = join(locks, `${name}.json`);
  writeFileSync(join(locks, `${name}.new`), JSON.stringify(holder), { mode: 0o600 });
  // Others must never see half a file.
  renameSync(join(locks, `${name}.new`), path);
  return path;
}

function readLocks(locks: string): { path: string; holder: LockHolder | undefined }[] {
  return readdirSync(locks)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const path = join(locks, name);
      try {
        return { path, holder: JSON.parse(readFileSync(path, 'utf8')) as LockHolder };
      } catch {
        return { path, holder: undefined };
      }
    });
}
