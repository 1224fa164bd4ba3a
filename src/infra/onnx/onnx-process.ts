// A child process that runs models in ONNX, which are programs of somebody else: it may take so much time and
// memory and no more, sees none of our settings, and is replaced when it has died.

import { spawn, type ChildProcess } from 'node:child_process';
import { setPriority, tmpdir } from 'node:os';
import { LRUCache } from 'lru-cache';
import { childEntry } from '../child-process/child-entry.js';
import { watchMemory } from '../child-process/memory-watch.js';
import { watchProcessorTime } from '../child-process/processor-time-watch.js';
import type { OnnxAnswers, OnnxReply, OnnxRequest, OnnxSignature } from './onnx-messages.js';
import { OnnxRefusal } from './onnx-refusal.js';

export interface OnnxLimits {
  /**
   * Processor time of the child for one request, with its start if it needs one; watched where the system tells
   * (Linux). In milliseconds.
   */
  readonly processorMs: number;
  /** For the same by the clock, which also counts what others take of a busy machine. In milliseconds. */
  readonly timeoutMs: number;
  /** Resident memory of the child, in bytes. */
  readonly memoryBytes: number;
}

/** An empty child holds some 130 MB. */
export const ONNX_LIMITS: OnnxLimits = {
  processorMs: 10_000,
  timeoutMs: 60_000,
  memoryBytes: 512 * 1_024 * 1_024,
};

/** So many models stay open in the child. */
const MOST_OPEN = 8;
const NICENESS = 10;

type Work = Omit<OnnxRequest, 'id' | 'bytes' | 'forget'>;

export class OnnxProcess {
  private child: ChildProcess | undefined;
  private readonly gone: string[] = [];
  private readonly open = new LRUCache<string, true>({
    max: MOST_OPEN,
    dispose: (_value, key, reason) => reason === 'evict' && this.gone.push(key),
  });
  private last: Promise<unknown> = Promise.resolve();
  private requests = 0;
  private waitingNow = 0;

  constructor(private readonly limits: OnnxLimits = ONNX_LIMITS) {}

  /** How many requests are under way or wait their turn. */
  get waiting(): number {
    return this.waitingNow;
  }

  /**
   * What a model takes and gives, after a run on one row of zeros.
   * @throws OnnxRefusal
   */
  async inspect(key: string, bytes: Uint8Array): Promise<OnnxSignature> {
    const reply = await this.inTurn({ key }, bytes);
    if (!('signature' in reply)) throw new Error('another reply than was asked for');
    return reply.signature;
  }

  /**
   * @param values row after row
   * @throws OnnxRefusal
   */
  async predict(key: string, bytes: Uint8Array, ask: NonNullable<OnnxRequest['ask']>): Promise<OnnxAnswers> {
    const reply = await this.inTurn({ key, ask }, bytes);
    if (!('answers' in reply)) throw new Error('another reply than was asked for');
    return reply.answers;
  }

  /** Ends the child; the next request starts another one. */
  stop(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
    this.open.clear();
    this.gone.length = 0;
  }

  private inTurn(work: Work, bytes: Uint8Array): Promise<OnnxReply> {
    this.waitingNow += 1;
    const done = this.last
      .then(() => this.request(work, bytes))
      .finally(() => {
        this.waitingNow -= 1;
      });
    this.last = done.catch(() => undefined);
    return done;
  }

  private async request(work: Work, bytes: Uint8Array): Promise<OnnxReply> {
    const child = (this.child ??= this.start());
    const known = this.open.get(work.key) ?? false;
    this.open.set(work.key, true);
    const id = (this.requests += 1);
    const forget = this.gone.splice(0);
    const reply = await this.exchange(child, { id, ...work, forget, ...(known ? {} : { bytes }) });
    if ('refusal' in reply) {
      this.open.delete(work.key);
      throw new OnnxRefusal(reply.refusal);
    }
    return reply;
  }

  /** Sends a request and waits for its reply; a child that does not give it within its limits is killed. */
  private exchange(child: ChildProcess, request: OnnxRequest): Promise<OnnxReply> {
    return new Promise<OnnxReply>((resolve, reject) => {
      const onMessage = (reply: OnnxReply): void => end(() => resolve(reply));
      const giveUp = (reason: string): void => {
        this.stop();
        end(() => reject(new OnnxRefusal(reason)));
      };
      const onExit = (): void => giveUp('The model ends the process that runs it.');
      const stops = watch(child, this.limits, giveUp);
      const end = (settle: () => void): void => {
        for (const stop of stops) stop();
        child.off('message', onMessage).off('exit', onExit).off('error', onExit);
        settle();
      };
      child.once('message', onMessage).once('exit', onExit).once('error', onExit);
      child.send(request, () => undefined);
    });
  }

  private start(): ChildProcess {
    const directory = tmpdir();
    const child = spawn(
      process.execPath,
      ['--max-old-space-size=256', childEntry(new URL('./onnx.child.js', import.meta.url))],
      {
        cwd: directory,
        env: { TMPDIR: directory, TZ: 'UTC', LANG: 'C.UTF-8' },
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        // Keeps typed arrays and NaN as they are.
        serialization: 'advanced',
      },
    );
    // Also between requests: whatever it is, the next one starts another child.
    const forgetIt = (): void => {
      if (this.child === child) this.stop();
    };
    child.on('error', forgetIt).on('exit', forgetIt);
    // An idle child keeps nobody from ending.
    child.unref();
    child.channel?.unref();
    lowerPriority(child.pid);
    return child;
  }
}

/** Tells when a limit is passed; returns what ends the watching. */
function watch(
  { pid }: ChildProcess,
  { processorMs, timeoutMs, memoryBytes }: OnnxLimits,
  giveUp: (reason: string) => void,
): (() => void)[] {
  const tooLong = (): void => giveUp(`The model takes longer than ${timeoutMs / 1_000} s.`);
  const timer = setTimeout(tooLong, timeoutMs);
  const stops = [() => clearTimeout(timer)];
  if (pid === undefined) return stops;
  const tooMuchWork = (): void =>
    giveUp(`The model takes more than ${processorMs / 1_000} s of processor time.`);
  const tooLarge = (): void => giveUp('The model takes more memory than it may have.');
  return [
    ...stops,
    watchProcessorTime(pid, processorMs, tooMuchWork),
    watchMemory(pid, memoryBytes, tooLarge),
  ];
}

function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, NICENESS);
  } catch {
    // It has ended already, or the system knows no priorities.
  }
}
