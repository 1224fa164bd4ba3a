// Work that is heavy, or not to be trusted, in a process of its own: it blocks nobody's event loop, holds no
// secret, has a limit of time and of memory, and its death is an error like any other.

import { spawn, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { childEntry } from './child-entry.js';
import { ChildFailure, type ChildFailureReason } from './child-failure.js';
import type { ChildMessage, ChildRequest } from './child-messages.js';
import { watchMemory } from './memory-watch.js';
import { TextTail } from './text-tail.js';

export interface ChildLimits {
  /** Longest time it may run, in milliseconds. */
  readonly timeoutMs: number;
  /** Most resident memory, in bytes; watched where the system tells (Linux). */
  readonly memoryBytes: number;
  /** Most memory of its JavaScript heap, in MiB. */
  readonly heapMegabytes: number;
}

export interface RunChildOptions<Request, Report> {
  /** The program: `new URL('./x.child.js', import.meta.url)`. It calls serveChild(). */
  readonly entry: URL;
  /** As JSON; no secrets, and nothing large. */
  readonly request: Request;
  /** Its working directory, the only one it should write to. */
  readonly directory: string;
  readonly limits: ChildLimits;
  readonly onReport?: (report: Report) => void;
  /** Stops the child. */
  readonly signal?: AbortSignal;
}

/** Between SIGTERM and SIGKILL, in milliseconds. */
const STOP_GRACE_MS = 400;
const STDERR_KEPT = 4_096;
/** Others go first: a child is to use what they leave. */
const NICENESS = 10;
/** What V8 writes before it gives up, and what libraries say that could not get more. */
const MEMORY_EXHAUSTED = /out of memory|reached heap limit|array buffer allocation failed/i;

/**
 * Runs a program to its result. It is gone when the promise settles.
 * @throws ChildFailure; or the signal's reason when that aborted it
 */
export async function runChild<Request, Result, Report = never>(
  options: RunChildOptions<Request, Report>,
): Promise<Result> {
  options.signal?.throwIfAborted();
  const child = start(options);
  const stderr = new TextTail(STDERR_KEPT);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => stderr.add(text));
  const outcome = new Outcome<Result>();
  child.on('message', (message: ChildMessage<Result, Report>) => {
    if (message.type === 'report') options.onReport?.(message.report);
    else if (message.type === 'result') outcome.succeed(message.result);
    else outcome.fail(new ChildFailure(reasonOf(message.message), message.message, stderr.text));
  });
  const exited = exitOf(child);
  const stops = watch(child, options, (error) => {
    outcome.fail(error);
    stop(child);
  });
  try {
    child.send(
      { type: 'request', request: options.request } satisfies ChildRequest<Request>,
      () => undefined,
    );
    const end = await exited;
    return outcome.settle(() => failureOf(end, stderr.text));
  } finally {
    for (const end of stops) end();
  }
}

function start<Request, Report>({ entry, directory, limits }: RunChildOptions<Request, Report>) {
  const child = spawn(process.execPath, [`--max-old-space-size=${limits.heapMegabytes}`, childEntry(entry)], {
    cwd: directory,
    // Nothing of ours: settings hold secrets.
    env: { TMPDIR: directory, HOME: directory, TZ: 'UTC', LANG: 'C.UTF-8' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'json',
  });
  if (child.pid !== undefined) lowerPriority(child.pid);
  return child;
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // It has ended already, or the system knows no priorities.
  }
}

/** Tells of whatever is to end the child early; returns what ends the watching. */
function watch<Request, Report>(
  child: ChildProcess,
  { limits, signal }: RunChildOptions<Request, Report>,
  giveUp: (error: unknown) => void,
): (() => void)[] {
  const timer = setTimeout(
    () => giveUp(new ChildFailure('timed_out', `ran longer than ${limits.timeoutMs} ms`)),
    limits.timeoutMs,
  );
  const abort = (): void => giveUp(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const exceeded = (): void =>
    giveUp(new ChildFailure('out_of_memory', `held more than ${limits.memoryBytes} bytes`));
  return [
    () => clearTimeout(timer),
    () => signal?.removeEventListener('abort', abort),
    child.pid === undefined ? () => undefined : watchMemory(child.pid, limits.memoryBytes, exceeded),
  ];
}

function stop(child: ChildProcess): void {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  child.once('exit', () => clearTimeout(timer));
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

/** Resolves when the child has ended and all it said has been read. */
function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
    // Also what goes wrong with its channel comes here; only one that never ran has no `close`.
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error });
    });
  });
}

function failureOf({ code, signal, error }: Exit, stderr: string): ChildFailure {
  if (error) return new ChildFailure('crashed', `could not be started: ${error.message}`);
  if (MEMORY_EXHAUSTED.test(stderr)) return new ChildFailure('out_of_memory', 'used up its memory', stderr);
  return new ChildFailure('crashed', `ended with ${signal ?? `code ${code}`} before its result`, stderr);
}

function reasonOf(message: string): ChildFailureReason {
  return MEMORY_EXHAUSTED.test(message) ? 'out_of_memory' : 'failed';
}

/** The first word counts: what comes after it is the child being stopped. */
class Outcome<Result> {
  private first: { readonly result: Result } | { readonly error: unknown } | undefined;

  succeed(result: Result): void {
    this.first ??= { result };
  }

  fail(error: unknown): void {
    this.first ??= { error };
  }

  settle(otherwise: () => Error): Result {
    if (!this.first) throw otherwise();
    if ('result' in this.first) return this.first.result;
    throw this.first.error;
  }
}
