// The command line as a process of its own, as operators run it.

import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { TestServices } from '../../support/app.js';
import { testVariables } from '../../support/app.js';

const ENTRY = resolve(__dirname, '../../../dist/main.cli.js');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `milepost <args>` with exactly the given variables, away from any `.env`.
 * @param input what comes on standard input, which ends then
 */
export function runCli(
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  input = '',
): Promise<CliResult> {
  const child = spawn(process.execPath, [ENTRY, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], DATA_DIR: '/nonexistent/milepost', ...variables },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

/** The settings of a command that works on the services of a test app. */
export function cliVariables(services: TestServices, settings: Readonly<Record<string, string>> = {}) {
  return { ...testVariables(services), DATA_DIR: tmpdir(), ...settings };
}
