// Memory that 2,000 idle sockets cost the API, each with its own connection: `npm start`'s parts on a directory
// of their own, one signed-in user, and the API's resident memory before and after.
//   npm run bench:sockets

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';

const SOCKETS = Number(process.argv[2] ?? 2_000);
const AT_ONCE = 50;
const SETTLE_MS = 5_000;

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function until(what, probe, milliseconds = 60_000) {
  const deadline = Date.now() + milliseconds;
  while (!(await probe().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(100);
  }
}

/** The API below `launcher`: the process with main.api.js in its command line. */
function apiOf(launcher) {
  return readdirSync('/proc').find((pid) => {
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1];
      return Number(parent) === launcher && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('main.api');
    } catch {
      return false;
    }
  });
}

/** Resident memory in KiB. */
function residentOf(pid) {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

async function post(url, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
}

function open(url, token) {
  return new Promise((resolve, reject) => {
    const socket = io(url, { auth: { token }, transports: ['websocket'], forceNew: true });
    socket.on('connection', () => resolve(socket));
    socket.on('connect_error', reject);
  });
}

const dataDir = mkdtempSync(join(tmpdir(), 'milepost-bench-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const launcher = spawn(process.execPath, [new URL('../dist/main.js', import.meta.url).pathname], {
  env: {
    ...process.env,
    PORT: String(port),
    DATA_DIR: join(dataDir, 'data'),
    LOG_LEVEL: 'error',
    RATE_LIMIT_USER_PER_MINUTE: '1000000',
  },
  stdio: 'ignore',
});
const sockets = [];
try {
  await until('the API', async () => (await fetch(`${url}/health/ready`)).ok);
  const account = { username: 'bench', password: 'a long pass phrase' };
  await post(`${url}/api/v1/auth/register`, account);
  const { access_token: token } = await post(`${url}/api/v1/auth/login`, account);
  const pid = apiOf(launcher.pid);
  // The first ones load code and grow pools, which is no cost of a socket.
  const warm = await Promise.all(Array.from({ length: AT_ONCE }, () => open(url, token)));
  for (const socket of warm) socket.disconnect();
  await sleep(SETTLE_MS);

  const before = residentOf(pid);
  const startedAt = performance.now();
  while (sockets.length < SOCKETS) {
    const count = Math.min(AT_ONCE, SOCKETS - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: count }, () => open(url, token)))));
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  await sleep(SETTLE_MS);
  const after = residentOf(pid);
  console.log(`${SOCKETS} idle sockets, opened in ${seconds.toFixed(1)} s`);
  console.log(`API: ${(before / 1_024).toFixed(0)} MiB before, ${(after / 1_024).toFixed(0)} MiB with them`);
  console.log(`memory per socket: ${((after - before) / SOCKETS).toFixed(1)} KiB`);
} finally {
  for (const socket of sockets) socket.disconnect();
  launcher.kill('SIGTERM');
  await new Promise((resolve) => launcher.once('exit', resolve));
  rmSync(dataDir, { recursive: true, force: true });
}
