// Puts the objects of a backup into the store. Their keys stay, so doing it again does no harm.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../../infra/storage/object-store.js';
import { CommandFailure } from '../commands/cli-command.js';
import { keyOfFile } from './backup-folder.js';
import { inBatches } from './batches.js';
import { HashedBytes, readChecksums, type Checksum } from './checksums.js';

const AT_ONCE = 8;
const REPORT_EVERY = 1_000;

/** @throws CommandFailure when a file of the backup has changed since it was verified */
export async function loadObjects(
  directory: string,
  store: ObjectStore,
  report: (line: string) => void,
): Promise<void> {
  let count = 0;
  for await (const batch of inBatches(readChecksums(directory), AT_ONCE)) {
    const loaded = await Promise.all(batch.map((file) => loadObject(directory, store, file)));
    const before = count;
    count += loaded.filter(Boolean).length;
    if (Math.floor(before / REPORT_EVERY) !== Math.floor(count / REPORT_EVERY)) report(`${count} objects`);
  }
  report(`${count} objects`);
}

/** Returns false for a file that is no object. */
async function loadObject(
  directory: string,
  store: ObjectStore,
  { sha256, path }: Checksum,
): Promise<boolean> {
  const key = keyOfFile(path);
  if (key === undefined) return false;
  const file = join(directory, path);
  const { size } = await stat(file);
  const bytes = new HashedBytes();
  await store.write(key, bytes.through(createReadStream(file, { highWaterMark: 1 << 20 })), { size });
  if (bytes.digest() !== sha256) throw new CommandFailure(`${path} has changed while it was read.`);
  return true;
}
