// Preloaded into the processes of a bench (NODE_OPTIONS=--import): measures the delay of their event loop and, on
// SIGUSR2, writes it down and begins anew. Without LOOP_DELAY_DIRECTORY it does nothing.

import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const directory = process.env.LOOP_DELAY_DIRECTORY;
const name = basename(process.argv[1] ?? '', '.js');

if (directory && ['main.api', 'main.worker'].includes(name)) {
  const RESOLUTION_MS = 1;
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const milliseconds = (nanoseconds) => nanoseconds / 1e6 - RESOLUTION_MS;
  const write = () => {
    const [p50, p99] = [delay.percentile(50), delay.percentile(99)].map(milliseconds);
    const measured = { pid: process.pid, p50, p99, max: milliseconds(delay.max) };
    writeFileSync(join(directory, `${name}.json`), JSON.stringify(measured));
    delay.reset();
  };
  write();
  process.on('SIGUSR2', write);
}
