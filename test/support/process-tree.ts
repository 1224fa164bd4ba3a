// Processes and their descendants, as /proc knows them.

import { readdirSync, readFileSync } from 'node:fs';

/** Ids of all living processes below `root`, which is not among them. */
export function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (/^\d+$/.test(entry)) parents.set(Number(entry), parentOf(Number(entry)));
  }
  const below = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === root || below(parent));
  };
  return [...parents.keys()].filter(below);
}

/** Program and arguments, each ended by NUL; empty when the process has gone. */
export function commandLine(pid: number): string {
  return readProcess(pid, 'cmdline');
}

function parentOf(pid: number): number {
  const stat = readProcess(pid, 'stat');
  // The second field is the command in brackets, and may hold spaces: what follows the last bracket counts.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function readProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
