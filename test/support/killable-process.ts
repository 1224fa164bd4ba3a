// A process that a test may kill, pause, stop and start again. Only processes that it started itself are ever
// signalled, and a paused one goes on when the test process dies, so that it can end as well.

import { spawn, type ChildProcess } from 'node:child_process';
import type { RunningProcess } from '../../src/local/running-process.js';
import { descendants } from './process-tree.js';
import { waitFor } from './wait-for.js';

const ENDS_WITHIN_MS = 60_000;

export class KillableProcess {
  /** How it ended each time that no test asked for it. */
  readonly unexpectedEnds: string[] = [];
  /** True: it is started again whenever it ends by itself, as every supervisor does. */
  restarted = false;
  private running: RunningProcess | undefined;
  private paused: { readonly pids: readonly number[]; readonly waker: ChildProcess } | undefined;

  /** @param launch starts the process and resolves when it is ready */
  constructor(
    readonly name: string,
    private readonly launch: () => Promise<RunningProcess>,
  ) {}

  /** Process id; undefined while it does not run. */
  get pid(): number | undefined {
    return this.running?.pid;
  }

  /** Starts it, and resolves when it is ready. */
  async start(): Promise<void> {
    if (this.running) throw new Error(`${this.name} runs already`);
    const running = await this.launch();
    this.running = running;
    void running.exited.then((how) => this.noticeEnd(running, how));
  }

  /** Ends it with SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Asks it to end with SIGTERM, and returns how it did: `ended with code 0`. */
  terminate(): Promise<string> {
    return this.end('SIGTERM');
  }

  /** Kills it, and starts it again where it was. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Stops it, and all processes below it, in the middle of whatever they do. */
  pause(): void {
    const { pid } = this.mustRun();
    if (this.paused) return;
    process.kill(pid, 'SIGSTOP');
    const pids = [pid, ...descendants(pid)];
    // Its input ends with this process, however that ends.
    const wake = ['-c', 'read -r _; kill -CONT "$@"', 'wake', ...pids.map(String)];
    const waker = spawn('sh', wake, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    for (const paused of pids) signal(paused, 'SIGSTOP');
    this.paused = { pids, waker };
  }

  /** Lets it go on. */
  resume(): void {
    const { paused } = this;
    this.paused = undefined;
    paused?.waker.kill('SIGKILL');
    for (const pid of paused?.pids ?? []) signal(pid, 'SIGCONT');
  }

  /** Ends it in order, by force when that takes too long; also one that does not run. */
  async stop(): Promise<void> {
    this.restarted = false;
    this.resume();
    const { running } = this;
    this.running = undefined;
    await running?.stop();
  }

  private async end(by: NodeJS.Signals): Promise<string> {
    const running = this.mustRun();
    // From here on its end is no surprise.
    this.running = undefined;
    signal(running.pid, by);
    this.resume();
    let how: string | undefined;
    void running.exited.then((words) => (how = words));
    return waitFor(`${this.name} to end after ${by}`, () => how, ENDS_WITHIN_MS);
  }

  private mustRun(): RunningProcess {
    if (!this.running) throw new Error(`${this.name} does not run`);
    return this.running;
  }

  private noticeEnd(running: RunningProcess, how: string): void {
    if (this.running !== running) return;
    this.running = undefined;
    this.unexpectedEnds.push(`${this.name} ${how}`);
    if (this.restarted) void this.start().catch(() => undefined);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
