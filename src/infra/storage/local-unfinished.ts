// Objects of a local store that arrive in pieces: each is a file that grows, until a rename makes it an object.

import { open, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { interruptible } from './interruptible.js';
import { createFile, ifThere, moveFile, namesIn, onDisk, syncDirectory, writeFully } from './local-files.js';
import type { LocalLayout } from './local-layout.js';
import { OBJECT_KEY } from './object-key.js';
import { ObjectMissing, WrongOffset, type ByteSource, type KeepKeys } from './object-store.js';

export class LocalUnfinished {
  constructor(private readonly layout: LocalLayout) {}

  async begin(key: string): Promise<void> {
    const path = this.layout.unfinishedPath(key);
    await onDisk(
      (async () => {
        const handle = await createFile(path);
        await handle.close();
        await syncDirectory(dirname(path));
      })(),
    );
  }

  async append(key: string, offset: number, bytes: ByteSource, signal?: AbortSignal): Promise<number> {
    const handle = await onDisk(ifThere(open(this.layout.unfinishedPath(key), 'r+')));
    if (!handle) throw new ObjectMissing(key);
    try {
      const { size } = await onDisk(handle.stat());
      if (size !== offset) throw new WrongOffset(size, offset);
      let end = offset;
      try {
        for await (const chunk of interruptible(bytes, { signal })) {
          await onDisk(writeFully(handle, chunk, end));
          end += chunk.byteLength;
        }
      } finally {
        await onDisk(this.secure(handle, offset));
      }
      return end;
    } finally {
      await handle.close();
    }
  }

  async received(key: string): Promise<number | undefined> {
    const found = await onDisk(ifThere(stat(this.layout.unfinishedPath(key))));
    return found?.size;
  }

  async complete(key: string): Promise<void> {
    const path = this.layout.unfinishedPath(key);
    const object = this.layout.objectPath(key);
    const begun = await onDisk(ifThere(touch(path)));
    if (begun) await onDisk(moveFile(path, object));
    else if (!(await onDisk(ifThere(touch(object))))) throw new ObjectMissing(key);
  }

  async abandon(key: string): Promise<void> {
    await onDisk(rm(this.layout.unfinishedPath(key), { force: true }));
  }

  async sweep(olderThan: Date, keep: KeepKeys): Promise<number> {
    const { temporary, unfinished } = this.layout;
    const leftovers = await untouched(temporary, olderThan);
    const begun = await untouched(unfinished, olderThan);
    const kept = begun.length > 0 ? await keep(begun) : new Set();
    const paths = [
      ...leftovers.map((name) => join(temporary, name)),
      ...begun.filter((key) => !kept.has(key)).map((key) => join(unfinished, key)),
    ];
    for (const path of paths) await onDisk(rm(path, { force: true }));
    return paths.length;
  }

  /** What cannot be made durable must not be counted either. */
  private async secure(handle: FileHandle, before: number): Promise<void> {
    try {
      await handle.datasync();
    } catch (error) {
      await handle.truncate(before).catch(() => undefined);
      throw error;
    }
  }
}

/** Makes a file as young as now, so that the sweep's grace begins again; true, as it is there. */
async function touch(path: string): Promise<true> {
  const handle = await open(path, 'r+');
  try {
    const now = new Date();
    await handle.utimes(now, now);
    await handle.sync();
    return true;
  } finally {
    await handle.close();
  }
}

/** Names of those files in a directory that nobody has written to since the given time. */
async function untouched(directory: string, since: Date): Promise<string[]> {
  const names: string[] = [];
  for (const name of await onDisk(namesIn(directory, OBJECT_KEY))) {
    const found = await onDisk(ifThere(stat(join(directory, name))));
    if (found && found.mtime < since) names.push(name);
  }
  return names;
}
