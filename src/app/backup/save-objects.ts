// The bytes of all objects that the saved rows need.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { LocalObjectStore } from '../../infra/storage/local-object-store.js';
import { ObjectMissing, type ObjectStore } from '../../infra/storage/object-store.js';
import { objectFile } from './backup-folder.js';
import { inBatches } from './batches.js';
import { HashedBytes, type ChecksumList } from './checksums.js';
import type { SavedObjects } from './manifest.js';

/** At once: stores elsewhere answer late, but take many questions. */
const AT_ONCE = 8;
const REPORT_EVERY = 1_000;

interface NeededObject {
  readonly key: string;
  readonly size: number;
  /** Empty where no row knows it. */
  readonly sha256: string;
}

export interface ObjectSource {
  readonly store: ObjectStore;
  /** Of the given keys, those that the database needs now. */
  readonly stillNeeded: (keys: readonly string[]) => Promise<ReadonlySet<string>>;
}

/**
 * Copies the objects of a list that saveTables() wrote. One that is not there is no error: people delete files
 * while a backup is made. The answer says which are missing, and why.
 */
export async function saveObjects(
  source: ObjectSource,
  neededObjects: string,
  directory: string,
  checksums: ChecksumList,
  report: (line: string) => void,
): Promise<SavedObjects> {
  const target = new LocalObjectStore(directory);
  const saved: SavedObjects = { count: 0, bytes: 0, gone: [], unfinished: [], lost: [], damaged: [] };
  const missing: string[] = [];
  for await (const batch of inBatches(readNeeded(neededObjects), AT_ONCE)) {
    const copies = await Promise.all(batch.map((object) => copy(source.store, target, object)));
    for (const { key, sha256, size, whole } of copies) {
      if (sha256 === undefined) missing.push(key);
      else {
        await checksums.add({ sha256, path: objectFile(key) });
        saved.count += 1;
        saved.bytes += size;
        if (!whole) saved.damaged.push(key);
        if (saved.count % REPORT_EVERY === 0) report(`${saved.count} objects`);
      }
    }
  }
  await explainMissing(source, missing, saved);
  report(`${saved.count} objects, ${saved.bytes} bytes`);
  return saved;
}

interface Copy {
  readonly key: string;
  /** Undefined when there was nothing to copy. */
  readonly sha256: string | undefined;
  readonly size: number;
  readonly whole: boolean;
}

async function copy(from: ObjectStore, to: ObjectStore, needed: NeededObject): Promise<Copy> {
  const { key } = needed;
  const bytes = new HashedBytes();
  try {
    await to.write(key, bytes.through(await from.read(key)));
  } catch (error) {
    if (!(error instanceof ObjectMissing)) throw error;
    return { key, sha256: undefined, size: 0, whole: false };
  }
  const sha256 = bytes.digest();
  const whole = bytes.size === needed.size && (needed.sha256 === '' || needed.sha256 === sha256);
  return { key, sha256, size: bytes.size, whole };
}

async function explainMissing(
  { store, stillNeeded }: ObjectSource,
  missing: readonly string[],
  saved: SavedObjects,
): Promise<void> {
  const needed = await stillNeeded(missing);
  for (const key of missing) {
    if (!needed.has(key)) saved.gone.push(key);
    else if ((await store.received(key)) !== undefined) saved.unfinished.push(key);
    else saved.lost.push(key);
  }
}

async function* readNeeded(path: string): AsyncGenerator<NeededObject, void, undefined> {
  const input = createReadStream(path, 'utf8');
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const [key = '', size = '', sha256 = ''] = line.split('\t');
    yield { key, size: Number(size), sha256 };
  }
}
