// Finds out that a connection is dead although nobody said so: one that only listens sends nothing that could go
// unanswered, and TCP itself takes many minutes to notice.

import type { Redis } from 'ioredis';

export interface WatchTimes {
  /** Between two questions, in ms. */
  readonly everyMs: number;
  /** How long an answer may take, in ms; less than `everyMs`. */
  readonly answerMs: number;
}

const TIMES: WatchTimes = { everyMs: 5_000, answerMs: 3_000 };

/**
 * Pings `connection` now and then, also a subscribed one, and makes it anew when there is no answer. One that was
 * accepted, but whose greeting is never answered, is as dead.
 */
export function watchConnection(connection: Redis, { everyMs, answerMs }: WatchTimes = TIMES): void {
  const ask = (): void => {
    const { status } = connection;
    if (status !== 'ready' && status !== 'connect') return;
    const tooLate = setTimeout(() => connection.disconnect(true), answerMs).unref();
    const settle = (): void => {
      clearTimeout(tooLate);
      connection.off('close', settle).off('ready', settle);
    };
    connection.once('close', settle);
    if (status === 'ready') connection.ping().then(settle, settle);
    else connection.once('ready', settle);
  };
  const timer = setInterval(ask, everyMs).unref();
  connection.once('end', () => clearInterval(timer));
}
