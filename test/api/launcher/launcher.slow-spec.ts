import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../../src/local/free-port.js';
import { processStatus } from '../../../src/local/process-status.js';

interface Launched {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
}

async function until(condition: () => boolean | Promise<boolean>, milliseconds = 60_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('It did not come to that in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('launcher', () => {
  const directory = mkdtempSync(join(tmpdir(), 'milepost-launcher-'));
  let port: number;
  let launched: Launched;

  beforeAll(async () => (port = await findFreePort()));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  afterEach(async () => {
    launched.child.kill('SIGTERM');
    await launched.exited;
  });

  function launch(): Launched {
    const script = join(import.meta.dirname, 'launch-stand-ins.mjs');
    const child = spawn(process.execPath, [script, directory, String(port)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
    return { child, output: () => output, exited: new Promise((resolve) => child.on('exit', resolve)) };
  }

  async function launchUntilReady(): Promise<void> {
    launched = launch();
    await until(() => launched.output().includes('Milepost is ready') || launched.child.exitCode !== null);
    expect(launched.output()).toContain('Milepost is ready');
  }

  async function visit(): Promise<{ visits: number; pid: number }> {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as { visits: number; pid: number };
  }

  function serverPid(): number {
    return Number.parseInt(readFileSync(join(directory, 'postgres', 'postmaster.pid'), 'utf8'), 10);
  }

  it('starts all parts, says where they are, and stops all of them on SIGTERM', async () => {
    await launchUntilReady();
    for (const line of [
      /^postgres +embedded, 127/m,
      /^valkey +built in, 127/m,
      /^migrations +done/m,
      /^api +ready/m,
    ]) {
      expect(launched.output()).toMatch(line);
    }
    const { pid } = await visit();
    const database = serverPid();
    launched.child.kill('SIGTERM');
    expect(await launched.exited).toBe(0);
    expect([pid, database].map(processStatus)).toEqual([undefined, undefined]);
  });

  it('refuses a second start on the same data and names the first', async () => {
    await launchUntilReady();
    const second = launch();
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`process ${launched.child.pid}, http://localhost:${port}`);
  });

  it('finds the data again after everything was killed', async () => {
    await launchUntilReady();
    const { visits, pid } = await visit();
    for (const victim of [launched.child.pid, pid, serverPid()]) process.kill(victim ?? 0, 'SIGKILL');
    await launched.exited;
    await launchUntilReady();
    expect((await visit()).visits).toBe(visits + 1);
  });

  it('takes its children along when it alone is killed', async () => {
    await launchUntilReady();
    const { pid } = await visit();
    const database = serverPid();
    launched.child.kill('SIGKILL');
    await until(() => !processStatus(pid) && !processStatus(database));
  });

  it('starts a killed API and a killed database again', async () => {
    await launchUntilReady();
    const { pid } = await visit();
    process.kill(serverPid(), 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    const isBack = async (): Promise<boolean> =>
      visit().then(
        (answer) => answer.pid !== pid,
        () => false,
      );
    await until(isBack);
  });
});
