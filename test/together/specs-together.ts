// Runs many spec files as one. Jest loads the application anew for each test file, which takes longer than the
// tests of most of them; in a whole run a dozen files share one copy (docs/decisions/0018).

import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Which spec files make up a suite: folders from the root, and how their names end. */
const SUITES = {
  unit: { folders: ['src', 'test/architecture'], ending: '.spec.ts' },
  api: { folders: ['test/api', 'test/contract'], ending: '.api-spec.ts' },
} as const;
export type Suite = keyof typeof SUITES;

/** The spec files of a suite, as paths from the root. */
export function specFilesOf(suite: Suite): string[] {
  const { folders, ending } = SUITES[suite];
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    )
    .filter((file) => file.endsWith(ending))
    .sort();
}

/**
 * Declares the tests of every `groups`-th spec file of `suite`, beginning with the `group`-th, counted from 1.
 * What a file sets up and spies on ends with it.
 */
export function specsTogether(suite: Suite, group: number, groups: number): void {
  const files = specFilesOf(suite).filter((_file, index) => index % groups === group - 1);
  for (const file of files) {
    describe(file, () => {
      afterAll(() => {
        jest.restoreAllMocks();
      });
      jest.requireActual(join(ROOT, file));
    });
  }
}
