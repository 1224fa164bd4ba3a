// Whether a backup is whole: every file there, every hash right, nothing left out. Asked before a restore
// changes anything.

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailure } from '../commands/cli-command.js';
import { keyOfFile, tableFile } from './backup-folder.js';
import { CHECKSUM_FILE, fileChecksum, readChecksums } from './checksums.js';
import { MANIFEST_FILE, manifestSchema, type Manifest } from './manifest.js';

const MOST_SHOWN = 10;

/**
 * Reads all of a backup and compares it with what it says of itself.
 * @throws CommandFailure naming what is missing or damaged
 */
export async function verifyBackup(directory: string): Promise<Manifest> {
  const found = await stat(join(directory, CHECKSUM_FILE)).catch(() => undefined);
  if (!found) {
    throw new CommandFailure(`${directory} holds no finished backup: there is no ${CHECKSUM_FILE} in it.`);
  }
  const problems: string[] = [];
  const files = new Set<string>();
  let objects = 0;
  for await (const { sha256, path } of checksumsOf(directory)) {
    const actual = await fileChecksum(join(directory, path)).catch(() => undefined);
    if (actual !== sha256) problems.push(`${path} ${actual === undefined ? 'is missing' : 'is damaged'}`);
    if (keyOfFile(path) === undefined) files.add(path);
    else objects += 1;
  }
  refuse(directory, problems);
  const manifest = await readManifest(directory, files);
  const missing = manifest.tables.map(({ name }) => tableFile(name)).filter((path) => !files.has(path));
  problems.push(...missing.map((path) => `${path} is missing from ${CHECKSUM_FILE}`));
  if (objects !== manifest.objects.count) {
    problems.push(`${CHECKSUM_FILE} has ${objects} objects, ${MANIFEST_FILE} ${manifest.objects.count}`);
  }
  refuse(directory, problems);
  return manifest;
}

async function* checksumsOf(directory: string): ReturnType<typeof readChecksums> {
  try {
    yield* readChecksums(directory);
  } catch (error) {
    refuse(directory, [error instanceof Error ? error.message : String(error)]);
  }
}

/** @param listed files of the list; a manifest that is not among them proves nothing */
async function readManifest(directory: string, listed: ReadonlySet<string>): Promise<Manifest> {
  if (!listed.has(MANIFEST_FILE)) refuse(directory, [`${MANIFEST_FILE} is missing from ${CHECKSUM_FILE}`]);
  const content: unknown = JSON.parse(await readFile(join(directory, MANIFEST_FILE), 'utf8'));
  const parsed = manifestSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new CommandFailure(
    `${directory} is a backup in a layout that this version does not know (${parsed.error.issues[0]?.path.join('.')}).`,
  );
}

function refuse(directory: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, MOST_SHOWN);
  const rest = problems.length > shown.length ? [`and ${problems.length - shown.length} more`] : [];
  throw new CommandFailure(
    [`The backup in ${directory} is damaged; nothing was changed:`, ...shown, ...rest].join('\n  '),
  );
}
