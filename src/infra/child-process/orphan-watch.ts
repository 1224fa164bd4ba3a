// Ends a process whose parent is gone, also when its own thread is busy and hears nothing.

import { Worker } from 'node:worker_threads';

const LOOK_EVERY_MS = 500;

/** Kills this process within a second of its parent's end. */
export function endWithParent(): void {
  // Nobody is left to work for. Not exit(): a native thread may be busy, and exit() would wait for it.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  const program = `
    const parent = ${process.ppid};
    setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), ${LOOK_EVERY_MS});`;
  new Worker(program, { eval: true }).on('error', () => process.kill(process.pid, 'SIGKILL')).unref();
}
