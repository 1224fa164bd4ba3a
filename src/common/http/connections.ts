// The open connections of the HTTP server and what is running on them, so that it can end without a request
// failing.

import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long who is connected at last may take to send what is on its way. */
const LAST_REQUEST_MS = 1_000;

export interface DrainOptions {
  /** How long requests are still taken, so that load balancers notice and go elsewhere, in milliseconds. */
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
   * Says `Connection: close` with every answer, takes no new connections once the grace is over, and resolves
   * when nothing is running any more or the deadline has passed. Upgraded connections are left alone.
   */
  async drain(server: Server, options: DrainOptions): Promise<void> {
    if (this.draining) return;
    this.draining = true;
    for (const responses of this.unanswered.values()) {
      for (const response of responses) if (!response.headersSent) response.setHeader('Connection', 'close');
    }
    // Who connects is still served: a connection refused is a failed request to most clients.
    if (server.listening && options.graceMs > 0) await sleep(options.graceMs);
    // Not http's close(): that one cuts idle clients, who may be sending a request at this moment.
    if (server.listening) NetServer.prototype.close.call(server);
    await this.until(() => this.unanswered.size === 0, Math.min(options.graceMs, LAST_REQUEST_MS));
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
