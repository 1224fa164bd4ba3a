import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

// Below every system's range for outgoing connections: there a client that keeps trying a dead server's port
// can be given that very port for its own end, and then the server never gets it back.
const LOWEST = 15_000;
const HIGHEST = 30_000;
const ATTEMPTS = 100;

/** A port on 127.0.0.1 on which nothing listens. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isPortFree('127.0.0.1', port)) return port;
  }
  throw new Error(`No free port found between ${LOWEST} and ${HIGHEST}`);
}

/** Whether this process could listen on `host` and `port`; errors other than a taken port are thrown. */
export function isPortFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(new Error(`Cannot listen on ${host}:${port}: ${error.message}`));
    });
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Waits up to `milliseconds` for the port to become free; whether it did. Rejects when `signal` aborts. */
export async function waitForFreePort(
  host: string,
  port: number,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (!(await isPortFree(host, port))) {
    if (Date.now() >= deadline) return false;
    await sleep(100, undefined, { signal });
  }
  return true;
}
