// A child process as the launcher sees it: how it ended, and stopping it within a deadline.

import { spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface RunningProcess {
  readonly pid: number;
  /** Resolves, never rejects, with a few words on how it ended. */
  readonly exited: Promise<string>;
  /** Ends it orderly, by force when it takes too long. Resolves when it is gone. */
  stop(): Promise<void>;
  /** Ends it by force, at once and without waiting. */
  kill(): void;
}

/** A start that failed for a reason that trying again does not change. */
export class HopelessStartError extends Error {}

/** Promise of a child's end, in words. A failed spawn counts as an end too, so that nothing is left unhandled. */
export function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      // 'error' is also emitted for a failed send or kill; then the process still runs.
      if (child.pid === undefined) resolve(`could not be started: ${error.message}`);
    });
    child.on('error', () => undefined);
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `ended with code ${code}`));
  });
}

/** Whether `promise` settles within `milliseconds`. */
export async function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([promise.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

export interface StopStep {
  readonly signal: NodeJS.Signals;
  /** How long to wait for the end after this signal, in milliseconds. */
  readonly wait: number;
}

/** Sends one signal after the other until the child has ended; SIGKILL comes last in any case. */
export async function stopBySteps(
  child: ChildProcess,
  exited: Promise<string>,
  steps: readonly StopStep[],
): Promise<void> {
  for (const { signal, wait } of steps) {
    if (hasEnded(child)) return;
    child.kill(signal);
    if (await settlesWithin(exited, wait)) return;
  }
  if (!hasEnded(child)) child.kill('SIGKILL');
  await exited;
}

/** Whether the child is gone, or never came to be. */
export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** Where the programs of the system are, whatever the PATH of this process says. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

let knownSetpriv: string | undefined | null = null;

/** Path of the setpriv of util-linux, when it is there; BusyBox has one that does not know --pdeathsig. */
export function findSetpriv(): string | undefined {
  if (knownSetpriv === null) {
    knownSetpriv = SYSTEM_PATH.split(':')
      .map((folder) => join(folder, 'setpriv'))
      .find((path) => existsSync(path) && knowsDeathSignal(path));
  }
  return knownSetpriv;
}

function knowsDeathSignal(setpriv: string): boolean {
  const args = ['--pdeathsig', 'TERM', 'true'];
  return spawnSync(setpriv, args, { stdio: 'ignore', env: { PATH: SYSTEM_PATH } }).status === 0;
}
