// What an earlier PostgreSQL on the same data, killed or abandoned, may have left: itself, backends that outlive it
// for a moment, and postmaster.pid. Two servers on one data directory destroy it, so nothing starts before all of
// them are gone.

import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStatus } from './process-status.js';

const STEPS: readonly { signal: NodeJS.Signals; wait: number }[] = [
  { signal: 'SIGINT', wait: 10_000 },
  { signal: 'SIGQUIT', wait: 3_000 },
  { signal: 'SIGKILL', wait: 3_000 },
];

/** Stops every PostgreSQL process that works in `cluster` and removes its postmaster.pid. */
export async function removeLeftovers(cluster: string): Promise<void> {
  const server = recordedServer(cluster)?.pid;
  if (server !== undefined) await stopAll(() => [server].filter((pid) => isPostgresIn(cluster, pid)), STEPS);
  // Backends without a server: SIGINT would only cancel their statement.
  await stopAll(() => processesIn(cluster), STEPS.slice(1));
  // PostgreSQL itself takes a zombie, or another program with that number by now, for a running server.
  rmSync(join(cluster, 'postmaster.pid'), { force: true });
}

/**
 * What postmaster.pid says: the server's process id, and whether it takes connections. Undefined when there is no
 * such file.
 */
export function recordedServer(cluster: string): { pid: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number.parseInt(lines[0] ?? '', 10);
    return pid > 1 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined;
  } catch {
    return undefined;
  }
}

async function stopAll(find: () => number[], steps: typeof STEPS): Promise<void> {
  for (const { signal, wait } of steps) {
    for (const pid of find()) send(pid, signal);
    const deadline = Date.now() + wait;
    while (find().length > 0 && Date.now() < deadline) await sleep(25);
  }
  const left = find();
  if (left.length > 0) throw new Error(`An earlier PostgreSQL (process ${left.join(', ')}) does not end`);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function processesIn(cluster: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isPostgresIn(cluster, pid));
}

function isPostgresIn(cluster: string, pid: number): boolean {
  if (processStatus(pid)?.name !== 'postgres') return false;
  if (process.platform !== 'linux') return true;
  try {
    // Every PostgreSQL process works in its data directory.
    const workingDirectory = statSync(`/proc/${pid}/cwd`);
    const data = statSync(cluster);
    return workingDirectory.ino === data.ino && workingDirectory.dev === data.dev;
  } catch {
    // Another user's process, or it has just ended.
    return false;
  }
}
