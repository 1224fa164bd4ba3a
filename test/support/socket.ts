// A Socket.IO client that remembers everything it was told, in order.

import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import type { EventAck, EventEnvelope, SocketNotices } from '../../src/contracts/events.js';
import { waitFor } from './wait-for.js';

export interface Received {
  readonly event: string;
  readonly payload: unknown;
}

export class TestSocket {
  readonly received: Received[] = [];
  /** `data.code` of the last connect_error. */
  refusal: string | undefined;
  disconnectedBy: string | undefined;

  private constructor(readonly client: Socket) {
    client.onAny((event: string, payload: unknown) => this.received.push({ event, payload }));
    client.on('connect_error', (error: Error & { data?: { code?: string } }) => {
      this.refusal = error.data?.code ?? error.message;
    });
    client.on('disconnect', (reason) => {
      this.disconnectedBy = reason;
    });
  }

  /** Begins to connect; see opened() and refused(). */
  static to(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): TestSocket {
    return new TestSocket(
      io(url, { transports: ['websocket'], forceNew: true, reconnection: false, ...options }),
    );
  }

  /** A socket of whoever has this access token, once it heard `connection`. */
  static async open(url: string, token: string, options: Partial<ManagerOptions & SocketOptions> = {}) {
    const socket = TestSocket.to(url, { auth: { token }, ...options });
    await socket.opened();
    return socket;
  }

  /** Waits for the first thing a socket hears. */
  async opened(): Promise<SocketNotices['connection']> {
    const found = await waitFor('the event connection', () => {
      if (this.refusal !== undefined) throw new Error(`refused: ${this.refusal}`);
      return this.received.find(({ event }) => event === 'connection');
    });
    return found.payload as SocketNotices['connection'];
  }

  /** Waits for the refusal, and returns its code. */
  refused(): Promise<string> {
    return waitFor('connect_error', () => this.refusal);
  }

  /** Sends an event and waits for its acknowledgement. */
  ask<Data = unknown>(event: string, ...payload: unknown[]): Promise<EventAck<Data>> {
    return this.client.timeout(60_000).emitWithAck(event, ...payload) as Promise<EventAck<Data>>;
  }

  /** Waits for the first `event` that fits. */
  async next(event: string, fits: (payload: never) => boolean = () => true, timeoutMs?: number) {
    const found = await waitFor(
      `the event ${event}`,
      () => this.received.find((entry) => entry.event === event && fits(entry.payload as never)),
      timeoutMs,
    );
    return found.payload as EventEnvelope;
  }

  /** The stored events heard of one stream, in the order in which they came. */
  eventsOf(stream: string): EventEnvelope[] {
    return this.received
      .map(({ payload }) => payload as Partial<EventEnvelope> | undefined)
      .filter((payload): payload is EventEnvelope => payload?.stream === stream && payload.seq !== null);
  }

  close(): void {
    this.client.disconnect();
  }
}
