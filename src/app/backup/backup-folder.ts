// Where in the folder of a backup each thing lies. All paths are relative and have forward slashes.

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../infra/storage/local-files.js';
import { LocalLayout } from '../../infra/storage/local-layout.js';
import { OBJECT_KEY } from '../../infra/storage/object-key.js';
import { CommandFailure } from '../commands/cli-command.js';

const OBJECTS = 'objects';

export function tableFile(table: string): string {
  return `tables/${table}.copy.gz`;
}

export function objectFile(key: string): string {
  return new LocalLayout('').objectPath(key);
}

/** The key of the object that lies under `path`; undefined when that is another kind of file. */
export function keyOfFile(path: string): string | undefined {
  const key = path.split('/').at(-1) ?? '';
  return path.startsWith(`${OBJECTS}/`) && OBJECT_KEY.test(key) && objectFile(key) === path ? key : undefined;
}

/**
 * Makes the folder for a new backup, for its owner alone: it will hold everything that people entrusted.
 * @throws CommandFailure when there is something in it
 */
export async function makeBackupFolder(directory: string): Promise<void> {
  await mkdir(join(directory, 'tables'), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new CommandFailure(`${directory} cannot be made: ${systemCode(error) ?? String(error)}.`);
  });
  const names = await readdir(directory);
  const files = await readdir(join(directory, 'tables'));
  if (names.length === 1 && files.length === 0) return;
  throw new CommandFailure(`${directory} is not empty: name a new folder for the backup.`);
}
