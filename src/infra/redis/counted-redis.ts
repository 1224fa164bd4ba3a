// A Redis client that counts its round trips on the request they belong to, and that stops asking a server
// which does not answer.

import { Redis } from 'ioredis';
import { currentContext } from '../../common/request-context/request-context.js';

const TIMED_OUT = 'Command timed out';

type SendCommand = Redis['sendCommand'];

export class CountedRedis extends Redis {
  private lastPipeline: unknown;
  private leaving = false;

  override sendCommand(...[command, stream]: Parameters<SendCommand>): ReturnType<SendCommand> {
    this.count(stream);
    const answer = super.sendCommand(command, stream);
    if (this.options.commandTimeout !== undefined) this.noticeTimeout(command.promise);
    return answer;
  }

  /** All commands of a pipeline share one stream object: together they are one round trip. */
  private count(stream: unknown): void {
    // The handshake of a connection is nobody's round trip, even when a request happened to start it.
    const context = this.status === 'ready' ? currentContext() : undefined;
    if (context && (stream === undefined || stream !== this.lastPipeline)) context.redisRoundTrips += 1;
    this.lastPipeline = stream;
  }

  /**
   * After one timeout the connection is made anew. Until the server answers its handshake, commands are
   * refused at once, so a paused Redis costs one timeout and not one for each request.
   */
  private noticeTimeout(answer: Promise<unknown>): void {
    answer.catch((error: unknown) => {
      const isTimeout = error instanceof Error && error.message === TIMED_OUT;
      // The status stays `ready` until the connection has closed; the other commands on it run out of time too.
      if (!isTimeout || this.leaving || this.status !== 'ready') return;
      this.leaving = true;
      this.once('close', () => (this.leaving = false));
      this.disconnect(true);
    });
  }
}
