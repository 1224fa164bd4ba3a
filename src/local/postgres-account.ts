// As whom PostgreSQL runs. It refuses to run as root; so root steps down, for this process only.

import { statSync } from 'node:fs';
import type { SpawnOptions } from 'node:child_process';
import { HopelessStartError, SYSTEM_PATH, findSetpriv } from './running-process.js';

/** "nobody": owns nothing and has no rights. */
const NOBODY = 65_534;

export interface PostgresAccount {
  readonly uid: number;
  readonly gid: number;
  /** Whether this process has to change to it. */
  readonly stepDown: boolean;
}

/**
 * Chooses the account.
 * @param owner user and group that own the existing data; undefined when there is none yet
 * @param self user and group of this process
 * @throws Error with a text for the user when the data cannot be used by anybody this process can become
 */
export function chooseAccount(
  directory: string,
  owner: { uid: number; gid: number } | undefined,
  self: { uid: number; gid: number },
): PostgresAccount {
  if (self.uid === 0) {
    if (owner?.uid === 0) {
      throw new HopelessStartError(
        `${directory} belongs to root, as whom PostgreSQL cannot run. Give it to another user.`,
      );
    }
    return owner ? { ...owner, stepDown: true } : { uid: NOBODY, gid: NOBODY, stepDown: true };
  }
  if (owner && owner.uid !== self.uid) {
    throw new HopelessStartError(
      `${directory} belongs to user ${owner.uid} (it was made by a start as ${owner.uid === NOBODY ? 'root' : 'that user'}) ` +
        `and this process runs as user ${self.uid}. Start as before, change the owner, or set another DATA_DIR.`,
    );
  }
  return { ...self, stepDown: false };
}

/** Account for the data in `directory`, which may not exist yet. */
export function accountFor(directory: string): PostgresAccount {
  const self = { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 };
  return chooseAccount(directory, statSync(directory, { throwIfNoEntry: false }), self);
}

export interface Invocation {
  readonly command: string;
  readonly args: string[];
  readonly options: SpawnOptions;
}

/**
 * How to run `command` as `account`. Where setpriv exists the process gets SIGINT (PostgreSQL's "fast" stop) when
 * this process dies, however it dies.
 */
export function invocation(account: PostgresAccount, command: string, args: string[]): Invocation {
  // The caller's environment holds secrets, and PG* variables that would change what happens.
  const env = {
    PATH: SYSTEM_PATH,
    LC_ALL: 'C',
    TZ: 'UTC',
  };
  const { uid, gid, stepDown } = account;
  const setpriv = findSetpriv();
  if (!setpriv) return { command, args, options: stepDown ? { env, uid, gid } : { env } };
  const change = stepDown ? ['--reuid', String(uid), '--regid', String(gid), '--clear-groups'] : [];
  return {
    command: setpriv,
    args: [...change, '--pdeathsig', 'INT', '--', command, ...args],
    options: { env },
  };
}

/**
 * The data directory as PostgreSQL is told it. After stepping down it may not be able to walk there (a project
 * below /root), but it can be put there: started in it, it finds it by this link without walking.
 */
export function dataDirectoryArgument(account: PostgresAccount, directory: string): string {
  return account.stepDown && process.platform === 'linux' ? '/proc/self/cwd' : directory;
}
