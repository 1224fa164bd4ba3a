// What the operating system knows of a process, so that a process id of old is not taken for a new process.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export interface ProcessStatus {
  /** Name of the program, cut to 15 characters by Linux. */
  readonly name: string;
  /** When it started, in a form that no other process with the same id ever has; only good for comparing. */
  readonly startedAt: string;
}

/** Status of the process `pid`; undefined when there is none or when it is a zombie. */
export function processStatus(pid: number): ProcessStatus | undefined {
  return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
}

/** Whether `pid` is still the process that started at `startedAt`. */
export function isSameProcess(pid: number, startedAt: string): boolean {
  return processStatus(pid)?.startedAt === startedAt;
}

/** Parses a line of /proc/<pid>/stat (proc_pid_stat(5)); the name may hold blanks and parentheses. */
export function parseStat(line: string): { name: string; state: string; startTicks: string } {
  const nameEnd = line.lastIndexOf(')');
  const fields = line.slice(nameEnd + 2).split(' ');
  return {
    name: line.slice(line.indexOf('(') + 1, nameEnd),
    state: fields[0] ?? '',
    startTicks: fields[19] ?? '',
  };
}

function fromProc(pid: number): ProcessStatus | undefined {
  try {
    const { name, state, startTicks } = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    if (state === 'Z' || state === 'X') return undefined;
    // Ticks count from the boot, so the boot belongs to it.
    return {
      name,
      startedAt: `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${startTicks}`,
    };
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): ProcessStatus | undefined {
  const output = spawnSync('ps', ['-o', 'stat=,lstart=,comm=', '-p', String(pid)], {
    encoding: 'utf8',
  }).stdout;
  const match = /^(\S+)\s+(\S+ +\S+ +\d+ [\d:]+ \d+)\s+(.*)$/.exec(output?.trim() ?? '');
  if (!match || match[1]?.startsWith('Z')) return undefined;
  return { name: match[3]?.split('/').pop() ?? '', startedAt: match[2] ?? '' };
}
