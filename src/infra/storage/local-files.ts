// The few things about files that node:fs leaves to its users: durable directories, whole writes, and what its
// errors mean.

import { mkdir, open, readdir, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../common/errors/app-error.js';

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);

/** Of an error of node:fs. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * The outcome of our own work on files; wrap no more than that, as sockets fail with errors of the same shape.
 * @throws AppError storage_full, service_unavailable
 */
export async function onDisk<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new AppError(NO_ROOM.has(code) ? 'storage_full' : 'service_unavailable', { cause: error });
  }
}

/** `undefined` when the file is not there. */
export async function ifThere<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Opens a new file for writing, and makes its directory if that is not there yet. */
export async function createFile(path: string): Promise<FileHandle> {
  const handle = await ifThere(open(path, 'wx', 0o600));
  if (handle) return handle;
  await makeDirectory(dirname(path));
  return open(path, 'wx', 0o600);
}

/** Moves a file, making the directory it goes to. Durable when it resolves; when it rejects, it is not there. */
export async function moveFile(from: string, to: string): Promise<void> {
  await makeDirectory(dirname(to));
  await rename(from, to);
  try {
    await syncDirectory(dirname(to));
  } catch (error) {
    await rename(to, from);
    throw error;
  }
}

/** Names in a directory that have the given form; none when it is not there. */
export async function namesIn(path: string, form: RegExp): Promise<string[]> {
  const names = (await ifThere(readdir(path))) ?? [];
  return names.filter((name) => form.test(name));
}

/** Makes a directory and those above it, as durable as their parents. */
export async function makeDirectory(path: string): Promise<void> {
  // Not recursive: on file systems such as /proc Node 20 then tries for ever, in a thread of the pool.
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path, { mode: 0o700 }).catch((again: unknown) => {
      if (systemCode(again) !== 'EEXIST') throw again;
    });
  }
  await syncDirectory(dirname(path));
}

/** Makes new, renamed and removed names in a directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems sync names by themselves and refuse this.
    if (!['EINVAL', 'ENOTSUP', 'EBADF'].includes(systemCode(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/** Writes all of `bytes` at `position`; a single write may take less. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const { bytesWritten } = await handle.write(
      bytes,
      written,
      bytes.byteLength - written,
      position + written,
    );
    written += bytesWritten;
  }
}
