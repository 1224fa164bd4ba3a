// Node programs as children of the launcher.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { exitOf, hasEnded, settlesWithin, stopBySteps, type RunningProcess } from './running-process.js';

export interface NodeChildOptions {
  /** Path of the compiled program. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** Options of node itself. */
  readonly nodeOptions?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where its output goes: this process's own, a line at a time to a function, or a file descriptor. */
  readonly output: 'inherit' | ((line: string) => void) | number;
  /** Sent to it right after the start. */
  readonly message?: object;
  /** How long it may take to say { type: 'ready' }, in milliseconds. */
  readonly readyWithin: number;
  /** How long it may take to end after SIGTERM, in milliseconds. */
  readonly stopWithin: number;
  readonly signal?: AbortSignal;
}

/** What a child says with process.send() when it is ready. */
export interface ReadyMessage {
  readonly type: 'ready';
}

/**
 * Starts the program and resolves when it says that it is ready. The program has to end by itself when the channel
 * to this process closes.
 * @throws Error when it ends, or `signal` aborts, before that
 */
export async function startNodeChild(options: NodeChildOptions): Promise<RunningProcess> {
  const child = spawnNode(options, true);
  const exited = exitOf(child);
  const running: RunningProcess = {
    pid: child.pid ?? -1,
    exited,
    stop: () => stopBySteps(child, exited, [{ signal: 'SIGTERM', wait: options.stopWithin }]),
    kill: () => {
      if (!hasEnded(child)) child.kill('SIGKILL');
    },
  };
  let abort = (): void => undefined;
  const ready = new Promise<void>((resolve, reject) => {
    abort = () => reject(new Error('is being stopped'));
    child.on('message', (message: Partial<ReadyMessage> | null) => {
      if (message?.type === 'ready') resolve();
    });
    void exited.then((reason) => reject(new Error(reason)));
  });
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.message) child.send(options.message, () => undefined);
  try {
    if (!(await settlesWithin(ready, options.readyWithin))) {
      throw new Error(`was not ready within ${options.readyWithin / 1000} s`);
    }
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

/**
 * Runs the program to its end and returns its exit code; -1 when a signal or a failed start ended it. When `signal`
 * aborts, the program is stopped.
 */
export async function runNodeChild(
  options: Omit<NodeChildOptions, 'readyWithin' | 'message'>,
): Promise<number> {
  const child = spawnNode(options, false);
  const exited = exitOf(child);
  const stop = (): void => void stopBySteps(child, exited, [{ signal: 'SIGTERM', wait: options.stopWithin }]);
  options.signal?.addEventListener('abort', stop, { once: true });
  await exited;
  options.signal?.removeEventListener('abort', stop);
  return child.exitCode ?? -1;
}

function spawnNode(options: Omit<NodeChildOptions, 'readyWithin'>, channel: boolean) {
  const { output } = options;
  const stream = typeof output === 'function' ? 'pipe' : output;
  // A group of its own: Ctrl-C in the terminal reaches the launcher only, which keeps the order.
  const child = spawn(
    process.execPath,
    [...(options.nodeOptions ?? []), options.entry, ...(options.args ?? [])],
    {
      detached: true,
      env: options.env,
      stdio: channel ? ['ignore', stream, stream, 'ipc'] : ['ignore', stream, stream],
    },
  );
  if (typeof output === 'function') {
    for (const input of [child.stdout, child.stderr]) {
      if (input) createInterface({ input }).on('line', output);
    }
  }
  return child;
}
