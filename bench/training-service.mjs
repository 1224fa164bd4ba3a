// What others feel while somebody trains: a whole Milepost trains on 100,000 rows of 20 columns, and meanwhile the
// delay of the event loops of API and worker is measured, and the time that a small request takes.
//   npm run build && node bench/training-service.mjs [rows] [columns]

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../dist/infra/learning/random.js';

const ROWS = Number(process.argv[2] ?? 100_000);
const COLUMNS = Number(process.argv[3] ?? 20);
const QUIET_MS = 5_000;
const REQUEST_EVERY_MS = 50;
const PASSWORD = 'a long pass phrase';

const directory = mkdtempSync(join(tmpdir(), 'milepost-bench-'));
const port = await freePort();
const api = `http://127.0.0.1:${port}/api/v1`;
const launcher = spawn(process.execPath, [join(import.meta.dirname, '../dist/main.js')], {
  env: {
    PATH: process.env.PATH,
    HOME: directory,
    PORT: String(port),
    DATA_DIR: join(directory, 'data'),
    LOG_LEVEL: 'error',
    MAX_FILE_SIZE: '1073741824',
    RATE_LIMIT_USER_PER_MINUTE: '1000000',
    LOOP_DELAY_DIRECTORY: directory,
    NODE_OPTIONS: `--import ${join(import.meta.dirname, 'loop-delay.mjs')}`,
  },
  stdio: ['ignore', 'ignore', 'inherit'],
});

try {
  await until('the start', async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok);
  await main();
} finally {
  launcher.kill('SIGTERM');
  await new Promise((resolve) => launcher.once('exit', resolve));
  rmSync(directory, { recursive: true, force: true });
}

async function main() {
  const username = 'bench';
  await send('/auth/register', { username, password: PASSWORD });
  const { access_token: token } = await send('/auth/login', { username, password: PASSWORD });
  const headers = { authorization: `Bearer ${token}` };
  const quiet = await measure(headers, () => sleep(QUIET_MS));
  console.log(`nothing else to do        ${quiet}`);

  const form = new FormData();
  form.set('file', new Blob([table()], { type: 'text/csv' }), 'table.csv');
  const uploaded = await fetch(`${api}/files`, { method: 'POST', headers, body: form });
  const { id: fileId } = await uploaded.json();
  const { id: datasetId } = await send('/datasets', { fileId }, headers);
  const profiling = await measure(headers, () =>
    until('the profile', async () => (await get(`/datasets/${datasetId}`, headers)).state === 'ready'),
  );
  console.log(`profiling ${ROWS} x ${COLUMNS}   ${profiling}`);

  const { id: modelId } = await send('/models', { name: 'Bench' }, headers);
  const params = { rounds: 300, earlyStoppingRounds: 0 };
  const asked = { datasetId, target: 'y', algorithm: 'gbdt', params };
  const start = performance.now();
  const { id } = await send(`/models/${modelId}/training-jobs`, asked, headers);
  const training = await measure(headers, () =>
    until('the training', async () => (await get(`/training-jobs/${id}`, headers)).finishedAt !== null),
  );
  const { state, metrics } = await get(`/training-jobs/${id}`, headers);
  console.log(`training on ${ROWS} x ${COLUMNS} ${training}`);
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(`the training ${state} after ${seconds} s, AUC ${metrics?.auc?.toFixed(4)}`);
}

/** Measures while `work` goes on. */
async function measure(headers, work) {
  writeDown();
  const times = [];
  let working = true;
  const asking = (async () => {
    while (working) {
      const start = performance.now();
      await get('/tasks', headers);
      times.push(performance.now() - start);
      await sleep(REQUEST_EVERY_MS);
    }
  })();
  await work();
  working = false;
  await asking;
  writeDown();
  await sleep(200);
  const [ofApi, ofWorker] = ['main.api', 'main.worker'].map(read);
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share) => sorted[Math.floor((sorted.length - 1) * share)];
  return [
    `event-loop delay p99: API ${show(ofApi.p99)}, worker ${show(ofWorker.p99)}`,
    `(max ${show(ofApi.max)}, ${show(ofWorker.max)});`,
    `GET /tasks p50 ${show(at(0.5))}, p99 ${show(at(0.99))} of ${times.length}`,
  ].join(' ');
}

function writeDown() {
  for (const name of ['main.api', 'main.worker']) process.kill(read(name).pid, 'SIGUSR2');
}

function read(name) {
  return JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8'));
}

function show(milliseconds) {
  return `${milliseconds.toFixed(1)} ms`;
}

/** Numbers, and two classes that depend on half of them. */
function table() {
  const random = Random.seeded(42);
  const names = Array.from({ length: COLUMNS }, (_, index) => `x${index}`);
  const lines = Array.from({ length: ROWS }, () => {
    const values = names.map(() => random.fraction() * 2 - 1);
    const hidden = values
      .slice(0, COLUMNS / 2)
      .reduce((sum, value, index) => sum + Math.sin(value * (index + 1)), 0);
    return [
      ...values.map((value) => value.toFixed(5)),
      hidden + random.fraction() - 0.5 > 0 ? 'yes' : 'no',
    ].join();
  });
  return `${[...names, 'y'].join()}\n${lines.join('\n')}\n`;
}

async function send(path, body, headers = {}) {
  const answer = await fetch(`${api}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return answer.json();
}

async function get(path, headers) {
  return (await fetch(`${api}${path}`, { headers })).json();
}

async function until(what, probe, milliseconds = 600_000) {
  const deadline = Date.now() + milliseconds;
  while (!(await probe().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(200);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port: free } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return free;
}
