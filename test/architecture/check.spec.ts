// The gate itself: `npm run check` must not call a broken tree sound. It runs here beside made-up tools.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './source-tree.js';

const COMMANDS = ['tsc', 'eslint', 'prettier'];
/** `npm test`, and the three suites beside it. */
const TEST_RUNS = 4;
const report = {
  numTotalTests: 5,
  numPassedTests: 5,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numPendingTests: 0,
  numTodoTests: 0,
};

describe('npm run check', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'milepost-check-test-'));
    mkdirSync(join(root, 'scripts'));
    mkdirSync(join(root, 'node_modules', '.bin'), { recursive: true });
    copyFileSync(join(REPOSITORY, 'scripts', 'check.mjs'), join(root, 'scripts', 'check.mjs'));
    writeFileSync(join(root, 'package.json'), JSON.stringify({ scripts: { test: 'jest' } }));
    for (const command of COMMANDS) tool(command, 'exit 0');
    jestReports(report);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function tool(name: string, script: string): void {
    writeFileSync(join(root, 'node_modules', '.bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  function jestReports(result: object, exitCode = 0): void {
    const write = `while [ "$1" != --outputFile ]; do shift; done; echo '${JSON.stringify(result)}' > "$2"`;
    tool('jest', `${write}; exit ${exitCode}`);
  }

  function check(): { status: number | null; lastLine: string | undefined; output: string } {
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts', 'check.mjs')], {
      encoding: 'utf8',
      env: { ...process.env, MILEPOST_TEST_REDIS_SERVER: '', MILEPOST_TEST_PGBOUNCER: '' },
    });
    return { status, lastLine: stdout.trimEnd().split('\n').at(-1), output: stdout };
  }

  it('counts tests and steps, in a last line of its own', () => {
    const passed = COMMANDS.length + TEST_RUNS * report.numPassedTests;
    expect(check()).toMatchObject({ status: 0, lastLine: `${passed} passed, 0 failed` });
  });

  it('goes on after a failed step, and shows what it said', () => {
    tool('tsc', 'echo what is wrong; exit 2');
    const { status, lastLine, output } = check();
    expect({ status, lastLine }).toEqual({ status: 1, lastLine: '22 passed, 1 failed' });
    expect(output).toContain('what is wrong');
    expect(output).toContain('ok   lint');
  });

  it.each([
    ['failed tests', { ...report, numPassedTests: 3, numFailedTests: 2 }, 1, '15 passed, 8 failed'],
    ['a file that does not load', { ...report, numRuntimeErrorTestSuites: 1 }, 1, '23 passed, 4 failed'],
    ['another failure of the run', report, 1, '23 passed, 4 failed'],
    ['no test at all', { ...report, numTotalTests: 0, numPassedTests: 0 }, 0, '3 passed, 4 failed'],
  ])('fails for %s', (_what, result, exitCode, lastLine) => {
    jestReports(result, exitCode);
    expect(check()).toMatchObject({ status: 1, lastLine });
  });

  it('fails for a tool that is missing or writes no report', () => {
    rmSync(join(root, 'node_modules', '.bin', 'eslint'));
    tool('jest', 'exit 0');
    expect(check()).toMatchObject({ status: 1, lastLine: '2 passed, 5 failed' });
  });
});
