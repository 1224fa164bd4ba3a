import { setTimeout as sleep } from 'node:timers/promises';
import { HopelessStartError, type RunningProcess } from './running-process.js';

const FIRST_DELAY = 100;
const LONGEST_DELAY = 10_000;
/** Whoever ran this long is given the short delay again, in milliseconds. */
const STABLE_AFTER = 20_000;
/** A part that was never ready once is most likely misconfigured, and its output says how. */
const ATTEMPTS_TO_BECOME_READY = 3;

export interface SupervisedPart {
  readonly name: string;
  /** Starts the process and resolves when it is ready; rejects when it fails, and soon after `signal` aborts. */
  start(signal: AbortSignal): Promise<RunningProcess>;
}

/** Milliseconds to wait before the next start of a part that ended `failures` times in a row (at least once). */
export function restartDelay(failures: number): number {
  return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (failures - 1));
}

/** Keeps one process running until it is stopped. */
export class Supervisor {
  private readonly stopping = new AbortController();
  private running: RunningProcess | undefined;
  private work: Promise<void> = Promise.resolve();

  /** @param log takes one line about something unexpected */
  constructor(
    private readonly part: SupervisedPart,
    private readonly log: (line: string) => void,
  ) {}

  /** Resolves when the part is ready for the first time; rejects when it does not get there. */
  start(): Promise<void> {
    const firstReady = this.becomeReady();
    this.work = firstReady.then(
      () => this.keepRunning(),
      () => undefined,
    );
    return firstReady;
  }

  /** Ends the process orderly and starts it no more. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running?.stop();
    await this.work;
  }

  /** Ends the process by force, without waiting. */
  kill(): void {
    this.stopping.abort();
    this.running?.kill();
  }

  private async becomeReady(): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        this.running = await this.startOnce();
        return;
      } catch (error) {
        const hopeless = error instanceof HopelessStartError || failures === ATTEMPTS_TO_BECOME_READY;
        if (this.stopping.signal.aborted || hopeless) throw error;
        this.log(`${this.part.name} ${message(error)}; trying again`);
        await this.pause(restartDelay(failures));
      }
    }
  }

  private async keepRunning(): Promise<void> {
    for (let failures = 0; ;) {
      const startedAt = Date.now();
      const reason = (await this.running?.exited) ?? 'failed';
      this.running = undefined;
      if (this.stopping.signal.aborted) return;
      failures = Date.now() - startedAt > STABLE_AFTER ? 1 : failures + 1;
      this.log(`${this.part.name} ${reason}; starting it again`);
      while (!this.running) {
        try {
          await this.pause(restartDelay(failures));
          this.running = await this.startOnce();
        } catch (error) {
          if (this.stopping.signal.aborted) return;
          failures += 1;
          this.log(`${this.part.name} ${message(error)}; trying again in ${restartDelay(failures)} ms`);
        }
      }
      this.log(`${this.part.name} runs again`);
    }
  }

  private async startOnce(): Promise<RunningProcess> {
    const running = await this.part.start(this.stopping.signal);
    if (!this.stopping.signal.aborted) return running;
    await running.stop();
    throw new Error('is being stopped');
  }

  private async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.stopping.signal });
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
