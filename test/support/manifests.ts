// Files that tools other than ours read, as data.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CORE_SCHEMA, load, loadAll, mergeTag } from 'js-yaml';

const REPOSITORY = resolve(__dirname, '../..');
/** Compose files say `<<: *common`. */
const WITH_MERGES = { schema: CORE_SCHEMA.withTags(mergeTag) };

/** Text of a file, by its path in the repository. */
export function textOf(path: string): string {
  return readFileSync(resolve(REPOSITORY, path), 'utf8');
}

/** The one document of a YAML file; the test says what it should be. */
export function yaml<Shape>(path: string): Shape {
  return load(textOf(path), WITH_MERGES) as Shape;
}

/** All documents of a YAML file. */
export function yamlDocuments<Shape>(path: string): Shape[] {
  return loadAll(textOf(path), WITH_MERGES) as Shape[];
}

/** Milliseconds of `35s`, `2m` and the like. */
export function milliseconds(duration: string): number {
  const [, number, unit] = /^(\d+)(ms|s|m|h)$/.exec(duration) ?? [];
  const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  return Number(number) * (units[unit ?? ''] ?? NaN);
}
