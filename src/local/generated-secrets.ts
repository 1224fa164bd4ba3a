// Secrets that the launcher makes for itself, one file each, kept in DATA_DIR.

import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const BYTES = 36;

/**
 * The secret `name` of the data directory; made (36 random bytes, base64url, file mode 0600) when there is none.
 * The caller holds the lock on the directory.
 */
export function generatedSecret(dataDirectory: string, name: string): string {
  const folder = join(dataDirectory, 'secrets');
  const path = join(folder, name);
  const kept = read(path);
  if (kept) return kept;
  const secret = randomBytes(BYTES).toString('base64url');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, secret);
    // On the disk before it is used: a password that is lost locks the database it was given to.
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  return secret;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
