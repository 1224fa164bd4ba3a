// How anything reaches sockets, from whichever process it happens in: messages to all processes, each of which
// serves the sockets it has. A message may be lost; what must not be lost is an event of the log, and
// stream-feed.ts reads there what no message brought.
//
// For features:
// - Stored: `Events.append()` in the transaction of the cause. It is pushed after the commit by itself.
// - Not stored (`seq: null`): `Realtime.broadcast()`.
// - Membership: a provider method `@StreamsOf() streamsOf(userId): Promise<string[]>` names the streams a
//   user's sockets are in from the connection on; later changes by `joinStream()` and `leaveStream()`.
// - Presence: `@OnStreamsEntered()` and `@OnStreamsLeft()` methods `(visit: StreamVisit)`, see stream-hooks.
// - Client events: a provider with `@SocketGateway()`, and per event a method
//     @SubscribeMessage('chat.send')
//     @SignedIn('chat:write')                      // as on routes; an event without it is refused
//     send(@CurrentPrincipal() caller: Principal, @EventBody(chatSendSchema) body: ChatSend): Promise<{…}>
//   What it returns is acked as `{ ok: true, data }`, what it throws as `{ ok: false, error }`.
//   `@CurrentSocket() socket: ClientSocket` gives the socket's id.

import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { EventEnvelope, TransientEventType, TransientEventTypes } from '../../contracts/events.js';
import { RedisMessages } from '../redis/redis-messages.js';
import type { RealtimeMessage } from './realtime-message.js';

export type RealtimeListener = (message: RealtimeMessage) => void | Promise<void>;

const CHANNEL = 'realtime';

@Injectable()
export class Realtime {
  private readonly logger = new Logger(Realtime.name);
  private readonly processId = randomUUID();
  private listener: RealtimeListener | undefined;

  constructor(private readonly messages: RedisMessages) {}

  /**
   * Tells every socket in `stream` something that is not stored: it has no place in the log, and who is away
   * never hears of it.
   * @param options exceptSocketId: the socket that caused it
   */
  broadcast<Type extends TransientEventType>(
    stream: string,
    type: Type,
    data: TransientEventTypes[Type],
    options: { readonly exceptSocketId?: string } = {},
  ): void {
    const at = new Date().toISOString();
    const envelope = { id: uuid(), stream, seq: null, type, at, data };
    void this.send({ kind: 'transient', envelope, exceptSocketId: options.exceptSocketId ?? null });
  }

  /** Pushes events of the log that have committed, in their order. Events.append() does it by itself. */
  push(events: readonly EventEnvelope[]): void {
    for (const envelope of events) void this.send({ kind: 'event', envelope });
  }

  /**
   * Puts every socket of the user into `stream`, in every process; call it once the membership has committed.
   * Resolves when the sockets of this process are in it.
   */
  joinStream(userId: string, stream: string): Promise<void> {
    return this.send({ kind: 'join', userId, stream });
  }

  /** Takes every socket of the user out of `stream`, in every process; call it after the commit. */
  leaveStream(userId: string, stream: string): Promise<void> {
    return this.send({ kind: 'leave', userId, stream });
  }

  /** Hands all messages, those of this process included, to whoever serves its sockets. */
  listen(listener: RealtimeListener): void {
    this.listener = listener;
    this.messages.subscribe(CHANNEL, (text) => {
      const { from, message } = JSON.parse(text) as { from: string; message: RealtimeMessage };
      // Our own was delivered when it was sent.
      if (from !== this.processId) return listener(message);
    });
  }

  private async send(message: RealtimeMessage): Promise<void> {
    this.messages.publish(CHANNEL, JSON.stringify({ from: this.processId, message }));
    try {
      await this.listener?.(message);
    } catch (error) {
      this.logger.error({ err: error, kind: message.kind }, 'a message was not delivered to local sockets');
    }
  }
}
