// Makes the data directory of the embedded PostgreSQL.

import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dataDirectoryArgument, invocation, type PostgresAccount } from './postgres-account.js';
import type { PostgresBinaries } from './postgres-binaries.js';

/** Name of the superuser, who owns the database. */
export const POSTGRES_USER = 'milepost';

export interface ClusterOptions {
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount;
  /** The data directory; its parents are made when missing. */
  readonly cluster: string;
  readonly password: string;
  /** False: do not wait for the disk. */
  readonly durable: boolean;
}

/** Makes the cluster unless it exists. A start that dies half-way leaves nothing that looks like one. */
export function ensureCluster(options: ClusterOptions): void {
  const { cluster, account } = options;
  if (existsSync(join(cluster, 'PG_VERSION'))) return;
  const draft = `${cluster}.new`;
  mkdirSync(dirname(cluster), { recursive: true });
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const passwordFolder = mkdtempSync(join(passwordParent(account), 'milepost-'));
  const passwordFile = join(passwordFolder, 'password');
  try {
    writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
    for (const path of account.stepDown ? [draft, passwordFolder, passwordFile] : []) {
      chownSync(path, account.uid, account.gid);
    }
    initialize(options, draft, passwordFile);
  } finally {
    rmSync(passwordFolder, { recursive: true, force: true });
  }
  // Fails when something is there already that is not a cluster: better than to throw it away.
  renameSync(draft, cluster);
}

/** A folder that the account can walk to. */
function passwordParent(account: PostgresAccount): string {
  return account.stepDown ? '/tmp' : tmpdir();
}

function initialize(options: ClusterOptions, directory: string, passwordFile: string): void {
  const { account, binaries, durable } = options;
  const {
    command,
    args,
    options: spawnOptions,
  } = invocation(account, binaries.initdb, [
    `--pgdata=${dataDirectoryArgument(account, directory)}`,
    `--username=${POSTGRES_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Sorting by code point, but letters of every script have cases and classes; needs no locale of the system.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
    ...(durable ? [] : ['--no-sync']),
  ]);
  const result = spawnSync(command, args, { ...spawnOptions, cwd: directory, encoding: 'utf8' });
  if (result.status === 0) return;
  throw new Error(`initdb failed: ${result.error?.message ?? `${result.stdout}${result.stderr}`.trim()}`);
}
