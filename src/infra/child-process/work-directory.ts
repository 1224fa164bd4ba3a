// A directory for the files of one piece of work, gone when that has ended.

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'milepost-work-';
/** Nothing works that long: whoever made it has died. */
const ABANDONED_MS = 24 * 3_600_000;

/** Gives `work` an empty directory of its own, and removes it with all it holds. */
export async function withWorkDirectory<Result>(
  work: (directory: string) => Promise<Result>,
): Promise<Result> {
  await removeAbandoned(tmpdir());
  const directory = await mkdtemp(join(tmpdir(), PREFIX));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes work directories in `parent` that a killed process has left. */
export async function removeAbandoned(parent: string, olderThanMs = ABANDONED_MS): Promise<void> {
  const names = await readdir(parent);
  for (const name of names.filter((entry) => entry.startsWith(PREFIX))) {
    const path = join(parent, name);
    const modified = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - modified > olderThanMs)
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
