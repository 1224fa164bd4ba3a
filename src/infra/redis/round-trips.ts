// Counts the round trips to Redis on the request they belong to.

import { currentContext } from '../../common/request-context/request-context.js';

export class RoundTrips {
  private lastPipeline: unknown;

  /**
   * Counts one command. All commands of a pipeline share one stream object: together they are one round trip.
   * @param ready false for the handshake of a connection, which is nobody's round trip
   */
  count(stream: unknown, ready: boolean): void {
    const context = ready ? currentContext() : undefined;
    if (context && (stream === undefined || stream !== this.lastPipeline)) context.redisRoundTrips += 1;
    this.lastPipeline = stream;
  }
}

const TIMED_OUT = 'Command timed out';

/** Calls `leave` when the answer did not come in time. */
export function onTimeout(answer: Promise<unknown>, leave: () => void): void {
  answer.catch((error: unknown) => {
    if (error instanceof Error && error.message === TIMED_OUT) leave();
  });
}
