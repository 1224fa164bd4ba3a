// The open connections of the HTTP server and what is running on them, so that it can end without a request
// failing.

import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

export interface DrainOptions {
  /** How long idle clients may still send a request on the connection they hold, in milliseconds. */
  readonly graceMs: number;
  /** After how long running requests are cut, in milliseconds. */
  readonly deadlineMs: number;
}

export class Connections {
  private readonly unanswered = new Map<Socket, Set<ServerResponse>>();
  private draining = false;
  private onChange: () => void = () => undefined;

  get isDraining(): boolean {
    return this.draining;
  }

  /** Follows the connections of `server`. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.unanswered.set(socket, new Set());
      socket.once('close', () => {
        this.unanswered.delete(socket);
        this.onChange();
      });
    });
  }

  /** Follows `response` until it is over. */
  add(response: ServerResponse): void {
    const responses = this.unanswered.get(response.req.socket);
    if (!responses) return;
    responses.add(response);
    if (this.draining) response.setHeader('Connection', 'close');
    response.on('close', () => {
      responses.delete(response);
      if (this.draining) this.onChange();
    });
  }

  /** True when an answer has begun on `socket`, so that nothing else may be written to it. */
  isAnswering(socket: Socket): boolean {
    return [...(this.unanswered.get(socket) ?? [])].some((response) => response.headersSent);
  }

  /**
   * Takes no new connections, answers what comes on the open ones with `Connection: close`, and resolves when
   * nothing is running any more or the deadline has passed. Upgraded connections are left alone.
   */
  async drain(server: Server, options: DrainOptions): Promise<void> {
    if (this.draining) return;
    this.draining = true;
    // Not http's close(): that one cuts idle clients, who may be sending a request at this moment.
    if (server.listening) NetServer.prototype.close.call(server);
    for (const responses of this.unanswered.values()) {
      for (const response of responses) if (!response.headersSent) response.setHeader('Connection', 'close');
    }
    await this.until(() => this.unanswered.size === 0, options.graceMs);
    server.closeIdleConnections();
    await this.until(() => this.isQuiet(), options.deadlineMs);
    server.closeAllConnections();
  }

  /** Cuts every connection that is left, upgraded ones included. */
  destroyAll(): void {
    for (const socket of this.unanswered.keys()) socket.destroy();
  }

  private isQuiet(): boolean {
    return [...this.unanswered.values()].every((responses) => responses.size === 0);
  }

  private until(condition: () => boolean, timeoutMs: number): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.onChange = () => undefined;
        resolve();
      };
      const timer = setTimeout(end, timeoutMs);
      this.onChange = () => {
        if (condition()) end();
      };
    });
  }
}
