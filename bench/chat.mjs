// How many messages a second one room stores and delivers to 100 listeners, with group commit and without it,
// in turn. PostgreSQL writes to disk at each commit, as in production. The listeners are in this process, so
// on few cores they slow the server down.
//   npm run bench:chat

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { migrate } from '../dist/app/migrate.js';
import { startPostgres } from '../dist/local/embedded-postgres.js';
import { startValkey } from '../dist/local/embedded-valkey.js';

const LISTENERS = 100;
/** Messages that are under way at any time. */
const SENDERS = [10, 100];
const SECONDS = 4;
const ROUNDS = 2;
const MODES = [
  { name: 'one by one', largestBatch: 1 },
  { name: 'group commit', largestBatch: 100 },
];

const directory = mkdtempSync(join(tmpdir(), 'milepost-bench-'));
const parts = [];
try {
  await run();
} finally {
  for (const stop of parts.reverse()) await stop();
  rmSync(directory, { recursive: true, force: true });
}

async function run() {
  const { server, url } = await startServer();
  const sockets = await connectListeners(url);
  let delivered = 0;
  for (const socket of sockets) socket.on('chat.message', () => (delivered += 1));

  const results = new Map();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const senders of SENDERS) {
      for (const { name, largestBatch } of MODES) {
        server.send({ largestBatch });
        await once(server, 'message');
        const before = delivered;
        const sample = await load(sockets.slice(0, senders));
        sample.delivered = await settled(() => delivered, before + sample.stored * LISTENERS);
        if (sample.delivered - before !== sample.stored * LISTENERS) throw new Error('a message was lost');
        sample.deliveredPerSecond =
          (sample.stored * LISTENERS) / ((performance.now() - sample.start) / 1_000);
        const key = `${String(senders).padStart(4)} at once, ${name}`;
        results.set(key, [...(results.get(key) ?? []), sample]);
      }
    }
  }
  print(results);
}

/** The part that keeps messages under way, one per socket, for a while. */
async function load(sockets) {
  const latencies = [];
  const start = performance.now();
  const end = start + SECONDS * 1_000;
  await Promise.all(
    sockets.map(async (socket, sender) => {
      for (let count = 0; performance.now() < end; count += 1) {
        const sent = performance.now();
        const clientMessageId = `${sender}-${sent}-${count}`;
        const ack = await socket.emitWithAck('chat.send', {
          room: 'global',
          body: 'x'.repeat(80),
          clientMessageId,
        });
        if (!ack.ok) throw new Error(JSON.stringify(ack));
        latencies.push(performance.now() - sent);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  return { start, latencies, stored: latencies.length, storedPerSecond: latencies.length / seconds };
}

async function startServer() {
  const postgres = await startPostgres({
    dataDir: join(directory, 'postgres'),
    logFile: join(directory, 'postgres.log'),
    password: 'bench',
    database: 'milepost_bench',
    durable: true,
    maxConnections: 50,
  });
  parts.push(() => postgres.stop());
  const valkey = await startValkey({
    dataDir: join(directory, 'valkey'),
    logFile: join(directory, 'valkey.log'),
    password: 'bench',
    databases: 1,
    persistent: false,
  });
  parts.push(() => valkey.stop());
  await migrate(postgres.url);
  const unlimited = Object.fromEntries(
    ['ANONYMOUS_PER_MINUTE', 'AUTH_PER_MINUTE', 'USER_PER_MINUTE', 'SOCKET_PER_10_SECONDS'].map((name) => [
      `RATE_LIMIT_${name}`,
      '100000000',
    ]),
  );
  const server = fork(new URL('./chat-server.mjs', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      PUBLIC_URL: 'http://localhost:3000',
      DATABASE_URL: postgres.url,
      REDIS_URL: valkey.url,
      JWT_SECRET: 'a-secret-that-only-this-bench-ever-uses',
      ...unlimited,
    },
  });
  parts.push(async () => {
    server.disconnect();
    await once(server, 'exit');
  });
  const [{ port }] = await once(server, 'message');
  return { server, url: `http://127.0.0.1:${port}` };
}

async function connectListeners(url) {
  const sockets = [];
  for (let index = 0; index < LISTENERS; index += 1) {
    const username = `listener-${index}`;
    const password = 'a long pass phrase';
    await post(`${url}/api/v1/auth/register`, { username, password });
    const { access_token: token } = await post(`${url}/api/v1/auth/login`, { username, password });
    const socket = io(url, { transports: ['websocket'], forceNew: true, auth: { token } });
    await new Promise((resolve, reject) => {
      socket.on('connection', resolve);
      socket.on('connect_error', reject);
    });
    sockets.push(socket);
  }
  parts.push(() => sockets.forEach((socket) => socket.disconnect()));
  return sockets;
}

async function post(url, body) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Waits until `read` gives `expected`, or nothing new for 5 s. */
async function settled(read, expected) {
  let last = read();
  for (let changed = performance.now(); last < expected && performance.now() - changed < 5_000;) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (read() !== last) [last, changed] = [read(), performance.now()];
  }
  return last;
}

function print(results) {
  console.log(`one room, ${LISTENERS} listeners, best of ${ROUNDS} interleaved rounds of ${SECONDS} s:`);
  console.log('  messages under way             stored/s   delivered/s   ack p50     p99');
  for (const [name, samples] of results) {
    const best = samples.toSorted((one, other) => other.storedPerSecond - one.storedPerSecond)[0];
    const sorted = best.latencies.toSorted((one, other) => one - other);
    const at = (share) => `${sorted[Math.floor(sorted.length * share)].toFixed(1)} ms`;
    console.log(
      `  ${name.padEnd(28)} ${best.storedPerSecond.toFixed(0).padStart(10)} ${best.deliveredPerSecond
        .toFixed(0)
        .padStart(13)} ${at(0.5).padStart(9)} ${at(0.99).padStart(9)}`,
    );
  }
}
