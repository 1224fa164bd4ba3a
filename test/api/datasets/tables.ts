// CSV files on disk, and what becomes of them.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ColumnProfile, DatasetError } from '../../../src/contracts/datasets.js';
import { withWorkDirectory } from '../../../src/infra/child-process/work-directory.js';
import {
  profileCsv,
  type ProfileRequest,
  type ReadyProfile,
} from '../../../src/infra/tabular/profile-csv.js';

export type Options = Partial<Pick<ProfileRequest, 'delimiter' | 'decimal'>>;

/** Profiles `content` in this process, and has `use` look at the outcome while its files are there. */
export async function profiled<Result = ReadyProfile>(
  content: string | Buffer,
  options: Options = {},
  use: (profile: ReadyProfile, directory: string) => Result | Promise<Result> = (profile) =>
    profile as Result,
): Promise<Result> {
  return withWorkDirectory(async (directory) => {
    const outcome = await profileInDirectory(content, options, directory);
    if (outcome.kind === 'invalid') throw new Error(`invalid: ${JSON.stringify(outcome.error)}`);
    return use(outcome, directory);
  });
}

/** Why `content` is no table. */
export async function problemOf(content: string | Buffer, options: Options = {}): Promise<DatasetError> {
  return withWorkDirectory(async (directory) => {
    const outcome = await profileInDirectory(content, options, directory);
    if (outcome.kind === 'ready') throw new Error('the file was read');
    return outcome.error;
  });
}

/** The column of that name. */
export function column({ columns }: { columns: readonly ColumnProfile[] }, name: string): ColumnProfile {
  const found = columns.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`there is no column ${name}`);
  return found;
}

async function profileInDirectory(content: string | Buffer, options: Options, directory: string) {
  const path = join(directory, 'source');
  await writeFile(path, content);
  return profileCsv({ path, directory, delimiter: null, decimal: null, ...options }, () => undefined);
}
