// Rules about single files: size, names, barrels, and who reads the environment.

import type { SourceFile } from './source-file.js';

export const MOST_LINES = 300;
export const MEDIAN_BELOW = 70;
/** Fewer files or imports than this, and the rules have been looking at the wrong folder. */
export const FEWEST_FILES = 100;

const ENVIRONMENT_READER = 'src/config/env.ts';
const CATCH_ALL = /\/(utils?|types?|helpers?|common|misc|shared|enums?|constants)\.ts$/;

export function sizeProblems(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ lineCount }) => lineCount > MOST_LINES)
    .map(({ path, lineCount }) => `${path} has ${lineCount} lines, more than ${MOST_LINES}`);
}

export function medianProblems(files: readonly SourceFile[]): string[] {
  const sizes = files.map(({ lineCount }) => lineCount).sort((one, other) => one - other);
  const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
  return median < MEDIAN_BELOW ? [] : [`the median file has ${median} lines, ${MEDIAN_BELOW} or more`];
}

export function barrelProblems(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, reexports, declarations }) => {
      const passesOnOnly = reexports > 0 && declarations === 0;
      return passesOnOnly || (reexports > 0 && path.endsWith('/index.ts'));
    })
    .map(({ path }) => `${path} is a barrel: import from where a thing is`);
}

export function nameProblems(files: readonly SourceFile[]): string[] {
  return files.filter(({ path }) => CATCH_ALL.test(path)).map(({ path }) => `${path}: the name says nothing`);
}

export function environmentProblems(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, readsEnvironment }) => readsEnvironment && path !== ENVIRONMENT_READER)
    .map(({ path }) => `${path} reads process.env; only ${ENVIRONMENT_READER} does`);
}

export function emptinessProblems(files: readonly SourceFile[]): string[] {
  const imports = files.reduce((sum, file) => sum + file.imports.length, 0);
  const enough = files.length >= FEWEST_FILES && imports >= 2 * files.length;
  return enough
    ? []
    : [`only ${files.length} files with ${imports} imports were read: is this the whole tree?`];
}
