// docs/RELIABILITY.md names a test beside each fault: the file is there, and has a test of that title.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { textOf } from '../support/manifests.js';
import { REPOSITORY } from './source-tree.js';

const FEWEST_ROWS = 30;

interface Row {
  readonly fault: string;
  readonly file: string;
  readonly title: string;
}

/** Rows of the table of faults; a row without a test has an empty file and title. */
function rowsOf(document: string): Row[] {
  const table = document.slice(document.indexOf('\n## Faults'), document.indexOf('\n## What is not'));
  const lines = table.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => {
    const [fault = '', , test = ''] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    const [, file = '', title = ''] = /^`([^`]+)` "([^"]+)"$/.exec(test) ?? [];
    return { fault, file, title };
  });
}

/** Why the test of a row cannot be found; undefined when it can. */
function problemOf({ file, title }: Row): string | undefined {
  if (file === '') return 'names no test';
  if (!/^test\/.*\.(fault|slow|api)-spec\.ts$/.test(file)) return `${file} is no file of tests`;
  if (!existsSync(join(REPOSITORY, file))) return `there is no ${file}`;
  return textOf(file).includes(title) ? undefined : `${file} has no test "${title}"`;
}

const rows = rowsOf(textOf('docs/RELIABILITY.md'));

describe('the table of faults', () => {
  it('is whole', () => {
    expect(rows.length).toBeGreaterThanOrEqual(FEWEST_ROWS);
    expect(new Set(rows.map(({ fault }) => fault)).size).toBe(rows.length);
  });

  it.each(rows.map((row) => [row.fault, row] as const))('has a test for: %s', (_fault, row) => {
    expect(problemOf(row)).toBeUndefined();
  });

  it.each([
    ['| a | b | |', 'names no test'],
    ['| a | b | `docs/x.md` "y" |', 'docs/x.md is no file of tests'],
    ['| a | b | `test/faults/none.fault-spec.ts` "y" |', 'there is no test/faults/none.fault-spec.ts'],
    [
      '| a | b | `test/faults/killed-chat.fault-spec.ts` "flies" |',
      'test/faults/killed-chat.fault-spec.ts has no test "flies"',
    ],
  ])('would show the fault in %s', (line, problem) => {
    const [planted] = rowsOf(
      `\n## Faults\n| fault | must hold | test |\n| --- | --- | --- |\n${line}\n## What is not`,
    );
    expect(planted && problemOf(planted)).toBe(problem);
  });
});
