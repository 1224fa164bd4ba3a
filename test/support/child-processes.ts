// Processes that this one has started, as /proc knows them.

import { readdirSync, readFileSync } from 'node:fs';

/** Ids of the living children of `parent` that run a program of this name. */
export function childrenRunning(program: string, parent = process.pid): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => isChildOf(parent, pid) && commandOf(pid).includes(program));
}

function isChildOf(parent: number, pid: number): boolean {
  // After the name, which stands in brackets and may hold anything: state, parent.
  const [state, parentId] = (read(pid, 'stat').split(') ').at(-1) ?? '').split(' ');
  return Number(parentId) === parent && state !== 'Z';
}

function commandOf(pid: number): string {
  return read(pid, 'cmdline');
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    // It has ended.
    return '';
  }
}
