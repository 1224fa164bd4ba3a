// Clients who want jobs done and do not give up: each job is asked for with one Idempotency-Key, at one API process
// after the other, until somebody answers that it is accepted.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const ANSWER_WITHIN_MS = 3_000;
const AGAIN_AFTER_MS = 100;

export interface Wish {
  /** Unique; found again in everything that comes of it. */
  readonly marker: string;
  readonly path: string;
  readonly body: object;
}

/** A task, whose mail is a job; the marker is its title. */
export function taskWish(marker: string): Wish {
  return { marker, path: '/api/v1/tasks', body: { title: marker } };
}

/** A job that takes `items` times `paceMs`; the marker is its first item. */
export function dataWish(marker: string, items: number, paceMs: number): Wish {
  const list = [marker, ...Array.from({ length: items - 1 }, (_, index) => index)];
  return { marker, path: '/api/v1/jobs/process-data', body: { items: list, paceMs } };
}

export interface SendingOptions {
  /** API processes. */
  readonly urls: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** How many ask at once. */
  readonly senders: number;
  /** The wishes are spread over that time, in milliseconds. */
  readonly spreadMs: number;
}

/** Has all wishes accepted; resolves with the markers in the order of their 2xx. */
export async function sendAll(wishes: readonly Wish[], options: SendingOptions): Promise<string[]> {
  const accepted: string[] = [];
  const startedAt = performance.now();
  const left = wishes.map((wish, index) => ({ wish, dueAt: (index / wishes.length) * options.spreadMs }));
  const send = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      await sleep(Math.max(0, startedAt + next.dueAt - performance.now()));
      await sendUntilAccepted(next.wish, options);
      accepted.push(next.wish.marker);
    }
  };
  await Promise.all(Array.from({ length: options.senders }, send));
  return accepted;
}

async function sendUntilAccepted({ path, body }: Wish, { urls, headers }: SendingOptions): Promise<void> {
  const key = randomUUID();
  for (let attempt = Math.floor(Math.random() * urls.length); ; attempt += 1) {
    const answer = await fetch(`${urls[attempt % urls.length]}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch(() => undefined);
    if (answer?.ok) return;
    // 409: the try before is still under way.
    if (answer && answer.status < 500 && answer.status !== 409) {
      throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    }
    await sleep(AGAIN_AFTER_MS);
  }
}
