// A chat client as docs/REALTIME.md describes it: it sends until it is acknowledged, asks for what it missed
// whenever it is connected, and takes only the message whose number is next.

import { io, type Socket } from 'socket.io-client';
import type { MessageData } from '../../src/contracts/chat.js';
import { roomStream, type EventAck, type EventEnvelope } from '../../src/contracts/events.js';

const ACK_WITHIN_MS = 2_000;
const SYNC_WITHIN_MS = 10_000;

export class StubbornClient {
  /** The messages of the room, as the client took them. */
  readonly seen: MessageData[] = [];
  /** Messages that the server has acknowledged, by `clientMessageId`. */
  readonly acknowledged = new Map<string, MessageData>();
  /** `seq` of events that came behind a hole, although the client had caught up. */
  readonly holes: number[] = [];
  /** How often a connection ended. */
  cuts = 0;
  private readonly socket: Socket;
  private caughtUp = false;
  private closed = false;

  constructor(
    url: string,
    token: string,
    private readonly roomId: string,
  ) {
    this.socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      auth: { token },
      timeout: 5_000,
      reconnectionDelay: 20,
      reconnectionDelayMax: 100,
    });
    this.socket.on('connection', () => void this.catchUp());
    this.socket.on('disconnect', () => {
      this.caughtUp = false;
      this.cuts += 1;
    });
    this.socket.on('chat.message', (event: EventEnvelope<'chat.message'>) => this.take(event));
  }

  /** Sends until it is acknowledged; undefined when the client was closed before. */
  async send(body: string, clientMessageId: string): Promise<MessageData | undefined> {
    while (!this.closed) {
      const ack = await this.ask<{ message: MessageData }>(
        'chat.send',
        { room: this.roomId, body, clientMessageId },
        ACK_WITHIN_MS,
      );
      if (!ack?.ok) continue;
      this.acknowledged.set(clientMessageId, ack.data.message);
      return ack.data.message;
    }
    return undefined;
  }

  close(): void {
    this.closed = true;
    this.socket.disconnect();
  }

  private get last(): number {
    return this.seen.at(-1)?.seq ?? 0;
  }

  private async catchUp(): Promise<void> {
    while (this.socket.connected) {
      const ack = await this.ask('sync', { since: { [roomStream(this.roomId)]: this.last } }, SYNC_WITHIN_MS);
      this.caughtUp = ack?.ok === true && this.socket.connected;
      if (this.caughtUp) return;
    }
  }

  /** The acknowledgement; undefined when none came in time. */
  private ask<Data>(event: string, payload: object, withinMs: number): Promise<EventAck<Data> | undefined> {
    return this.socket
      .timeout(withinMs)
      .emitWithAck(event, payload)
      .catch(() => undefined) as Promise<EventAck<Data> | undefined>;
  }

  private take({ stream, seq, data }: EventEnvelope<'chat.message'>): void {
    if (stream !== roomStream(this.roomId) || seq <= this.last) return;
    if (seq === this.last + 1) this.seen.push(data);
    else if (this.caughtUp) this.holes.push(seq);
  }
}
