// What one request costs in CPU time: bare node:http, Nest on plain Express and Milepost's own stack, on the
// liveness route, in turn. The load comes from this process, so each server's CPU time is its own.
//   npm run bench:http

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

const NAMES = ['bare', 'plain', 'ours'];
const CONNECTIONS = 32;
const WARM_UP = 20_000;
const REQUESTS = 10_000;
const ROUNDS = 7;
const TARGET = 2.2;
const REQUEST = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n';

/** Sends `count` requests over kept connections, one at a time on each. */
async function load(port, count) {
  let left = count;
  const onConnection = () =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => next());
      const next = () => {
        if (left <= 0) return socket.end();
        left -= 1;
        socket.write(REQUEST);
      };
      socket.setNoDelay(true);
      socket.on('data', (chunk) => {
        if (!chunk.includes('200 OK')) reject(new Error(`unexpected answer: ${chunk}`));
        next();
      });
      socket.on('error', reject);
      socket.on('close', resolve);
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, onConnection));
}

async function cpuMicroseconds(server) {
  server.send('cpu');
  const [{ user, system }] = await once(server, 'message');
  return user + system;
}

async function start(name) {
  const server = fork(new URL('./http-servers.mjs', import.meta.url), [name], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = await once(server, 'message');
  await load(port, WARM_UP);
  return { name, server, port, costs: [] };
}

const median = (values) => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];

const candidates = [];
for (const name of NAMES) candidates.push(await start(name));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const candidate of candidates) {
    const before = await cpuMicroseconds(candidate.server);
    await load(candidate.port, REQUESTS);
    candidate.costs.push(((await cpuMicroseconds(candidate.server)) - before) / REQUESTS);
  }
}
for (const { server } of candidates) server.disconnect();

const bare = median(candidates[0].costs);
console.log(`CPU per request of GET /health/live, median of ${ROUNDS} interleaved rounds of ${REQUESTS}:`);
for (const { name, costs } of candidates) {
  console.log(
    `  ${name.padEnd(6)} ${median(costs).toFixed(1).padStart(6)} µs   ${(median(costs) / bare).toFixed(2)} × bare`,
  );
}
const ratio = median(candidates[2].costs) / bare;
console.log(ratio <= TARGET ? `ours is within ${TARGET} × bare` : `ours is above ${TARGET} × bare`);
process.exitCode = ratio <= TARGET ? 0 : 1;
