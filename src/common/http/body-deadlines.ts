// How long a body may take to arrive. Node's requestTimeout is one number for all requests of a server, and an
// upload over a slow line would be cut in the middle however well it moves. Here a body has a minute, unless its
// handler, which knows by then who sends it, lets it come for as long as it keeps moving.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

export interface BodyPatience {
  /** From the headers to the end of an ordinary body, in milliseconds. */
  readonly totalMs: number;
  /** A body that may take its time has to move within each such span, in milliseconds. */
  readonly spanMs: number;
  /** By at least so many bytes. */
  readonly bytesPerSpan: number;
}

/** Code of the error of a body that took too long. */
export const BODY_OVERDUE = 'MILEPOST_BODY_OVERDUE';

const PATIENCE: BodyPatience = { totalMs: 60_000, spanMs: 30_000, bytesPerSpan: 16 * 1024 };

const watched = new WeakMap<IncomingMessage, BodyDeadline>();

/** Lets the body of `request` take its time, as long as it moves: for handlers that stream it. */
export function allowWhileMoving(request: IncomingMessage): void {
  watched.get(request)?.allowWhileMoving();
}

export class BodyDeadlines {
  private readonly patience: BodyPatience;

  /** @param onOverdue told of each body that took too long; has to end its connection */
  constructor(
    private readonly onOverdue: (error: NodeJS.ErrnoException, socket: Socket) => void,
    patience: Partial<BodyPatience> = {},
  ) {
    this.patience = { ...PATIENCE, ...patience };
  }

  /** Follows the body of a new request, if it announces one. */
  watch(request: IncomingMessage): void {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (encoding === undefined && (length === undefined || length === '0')) return;
    const end = (): void => this.onOverdue(overdue(), request.socket);
    watched.set(request, new BodyDeadline(request, this.patience, end));
  }
}

class BodyDeadline {
  private timer: NodeJS.Timeout;

  constructor(
    private readonly request: IncomingMessage,
    private readonly patience: BodyPatience,
    private readonly onOverdue: () => void,
  ) {
    this.timer = setTimeout(() => this.end(), patience.totalMs).unref();
    request.on('end', () => clearTimeout(this.timer));
    request.on('close', () => clearTimeout(this.timer));
  }

  allowWhileMoving(): void {
    if (this.request.complete) return;
    clearTimeout(this.timer);
    let before = this.request.socket.bytesRead;
    this.timer = setInterval(() => {
      const now = this.request.socket.bytesRead;
      // What waits here to be read is no fault of the client.
      const moves = now - before >= this.patience.bytesPerSpan || this.request.readableLength > 0;
      before = now;
      if (!moves) this.end();
    }, this.patience.spanMs).unref();
  }

  private end(): void {
    clearTimeout(this.timer);
    if (!this.request.complete) this.onOverdue();
  }
}

function overdue(): NodeJS.ErrnoException {
  return Object.assign(new Error('the body took too long to arrive'), { code: BODY_OVERDUE });
}
