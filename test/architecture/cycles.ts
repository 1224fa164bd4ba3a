// Knots: files that import each other, directly or in a circle. Types count, for a reader has to follow
// them just the same.

import type { SourceFile } from './source-file.js';

/** Each import cycle once, as `a.ts → b.ts → a.ts`. */
export function cycleProblems(files: readonly SourceFile[]): string[] {
  const targets = new Map(files.map((file) => [file.path, ownTargets(file)]));
  const done = new Set<string>();
  const problems: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) problems.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) walk(path, []);
  return problems;
}

function ownTargets(file: SourceFile): string[] {
  return [...new Set(file.imports.filter(({ own }) => own).map(({ target }) => target))];
}
