// The files of this repository that the rules are held against.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseSource, type SourceFile } from './source-file.js';

export const REPOSITORY = join(__dirname, '..', '..');

/** Every TypeScript file below `folder`, specs left out unless they are asked for. */
export function readTree(folder: string, options: { specs: boolean } = { specs: false }): SourceFile[] {
  return readdirSync(join(REPOSITORY, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => options.specs || !/spec\.ts$/.test(file))
    .sort()
    .map((file) => parseSource(pathOf(file), readFileSync(file, 'utf8')));
}

function pathOf(file: string): string {
  return relative(REPOSITORY, file).split(sep).join('/');
}

/** A made-up tree for planting a fault: path → text. */
export function plantedTree(files: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(files).map(([path, text]) => parseSource(path, text));
}
