// What 10 MiB up and 10 MiB down cost in CPU time: bare node:http with streams, and the real API with its form,
// hash, quota, row and fsync, in turn. The load comes from this process, so each server's CPU time is its own.
//   npm run bench:files

import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../dist/app/migrate.js';
import { startPostgres } from '../dist/local/embedded-postgres.js';
import { startValkey } from '../dist/local/embedded-valkey.js';

const NAMES = ['bare', 'ours'];
const SIZE = 10 * 1024 * 1024;
const TRANSFERS = 10;
const WARM_UPS = 2;
const ROUNDS = 5;
const BOUNDARY = 'a-boundary-of-the-bench';

const content = randomBytes(SIZE - 1);
const form = Buffer.concat([
  Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="bench.bin"\r\n\r\n`),
  content,
  Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
]);

const directory = mkdtempSync(join(tmpdir(), 'milepost-bench-'));
const parts = [];
try {
  await run();
} finally {
  for (const stop of parts.reverse()) await stop();
  rmSync(directory, { recursive: true, force: true });
}

async function run() {
  const environment = await startServices();
  const candidates = [];
  for (const name of NAMES) candidates.push(await startServer(name, environment));
  for (let round = 0; round < ROUNDS + WARM_UPS; round += 1) {
    for (const candidate of candidates) {
      const up = await cpuOf(candidate, () => upload(candidate));
      const down = await cpuOf(candidate, () => download(candidate));
      if (round >= WARM_UPS) candidate.costs.push({ up, down });
    }
  }
  print(candidates);
}

async function upload(candidate) {
  const { body, status } = await call(candidate, 'POST', '/api/v1/files', form);
  if (status !== 201) throw new Error(`the upload was answered ${status}: ${body}`);
  candidate.fileId = JSON.parse(body.toString()).id;
}

async function download(candidate) {
  const { length, status } = await call(candidate, 'GET', `/api/v1/files/${candidate.fileId}/content`);
  if (status !== 200 || length < content.length) throw new Error(`the download was answered ${status}`);
}

/** Sends a request on a connection of its own and reads all of the answer; short ones are kept. */
async function call({ port, headers }, method, path, body) {
  const sent = request({ port, host: '127.0.0.1', method, path, agent: false, headers });
  if (body) {
    sent.setHeader('Content-Type', `multipart/form-data; boundary=${BOUNDARY}`);
    sent.setHeader('Content-Length', body.length);
  }
  sent.end(body);
  const [answer] = await once(sent, 'response');
  const chunks = [];
  let length = 0;
  for await (const chunk of answer) {
    length += chunk.length;
    if (length < 10_000) chunks.push(chunk);
  }
  return { status: answer.statusCode, length, body: Buffer.concat(chunks) };
}

/** CPU milliseconds of the server for one transfer. */
async function cpuOf({ server }, transfer) {
  const before = await cpuMicroseconds(server);
  for (let count = 0; count < TRANSFERS; count += 1) await transfer();
  return ((await cpuMicroseconds(server)) - before) / TRANSFERS / 1_000;
}

async function cpuMicroseconds(server) {
  server.send('cpu');
  const [{ user, system }] = await once(server, 'message');
  return user + system;
}

async function startServices() {
  const options = (name) => ({
    dataDir: join(directory, name),
    logFile: join(directory, `${name}.log`),
    password: 'bench',
  });
  const postgres = await startPostgres({ ...options('postgres'), database: 'milepost_bench' });
  parts.push(() => postgres.stop());
  const valkey = await startValkey({ ...options('valkey'), persistent: false, preferInstalled: false });
  parts.push(() => valkey.stop());
  await migrate(postgres.url);
  return {
    ...process.env,
    DATABASE_URL: postgres.url,
    REDIS_URL: valkey.url,
    JWT_SECRET: 'a-secret-that-only-this-benchmark-uses',
    LOG_LEVEL: 'error',
    RATE_LIMIT_USER_PER_MINUTE: '1000000',
  };
}

async function startServer(name, environment) {
  const folder = join(directory, `files-of-${name}`);
  mkdirSync(folder);
  const server = fork(new URL('./file-servers.mjs', import.meta.url), [name], {
    env: { ...environment, STORAGE_DIR: folder },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  parts.push(async () => {
    const ended = once(server, 'exit');
    if (server.connected) server.disconnect();
    await ended;
  });
  const [{ port }] = await once(server, 'message');
  return { name, server, port, headers: name === 'ours' ? await signIn(port) : {}, costs: [] };
}

async function signIn(port) {
  const post = (path, body) =>
    fetch(`http://127.0.0.1:${port}/api/v1/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const account = { username: 'bench', password: 'a long pass phrase' };
  await post('register', account);
  const { access_token: token } = await (await post('login', account)).json();
  return { authorization: `Bearer ${token}` };
}

function print(candidates) {
  const median = (values) => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];
  console.log(`CPU for 10 MiB, median of ${ROUNDS} interleaved rounds of ${TRANSFERS}:`);
  for (const direction of ['up', 'down']) {
    const bare = median(candidates[0].costs.map((cost) => cost[direction]));
    for (const { name, costs } of candidates) {
      const cost = median(costs.map((sample) => sample[direction]));
      console.log(
        `  ${direction.padEnd(4)} ${name.padEnd(4)} ${cost.toFixed(1).padStart(6)} ms   ${(cost / bare).toFixed(2)} × bare`,
      );
    }
  }
}
