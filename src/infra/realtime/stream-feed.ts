// Brings events to the sockets of this process. Messages from other processes make it quick; the log makes it
// complete: now and then, and often while Redis is away, the heads of all streams with local sockets are
// compared with what was delivered, and what is missing is read.

import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { EventEnvelope, TransientEnvelope } from '../../contracts/events.js';
import { Events } from '../events/events.js';
import { RedisConnections } from '../redis/redis-connections.js';
import type { SocketSession } from './socket-session.js';
import { StreamChannel } from './stream-channel.js';

const READ_PAGE = 200;
const HEADS_PAGE = 2_000;
/** How often the heads are compared, in milliseconds: while Redis works, and while it is away. */
const LOOK_EVERY_MS = 2_000;
const LOOK_ALONE_EVERY_MS = 400;

/** Sends to the sockets of this process that are in the room of `stream`. */
export type EmitToRoom = (
  stream: string,
  envelope: EventEnvelope | TransientEnvelope,
  exceptSocketId?: string,
) => void;

@Injectable()
export class StreamFeed implements OnModuleDestroy {
  private readonly logger = new Logger(StreamFeed.name);
  private readonly channels = new Map<string, StreamChannel>();
  private emit: EmitToRoom = () => undefined;
  private timer: NodeJS.Timeout | undefined;
  private failing = false;

  constructor(
    private readonly events: Events,
    private readonly connections: RedisConnections,
  ) {}

  /** Begins to serve sockets. */
  start(emit: EmitToRoom): void {
    this.emit = emit;
    this.schedule();
    // What was said while the subscription was broken is read at once.
    this.connections.subscriber.on('ready', this.lookSoon);
  }

  onModuleDestroy(): void {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.connections.subscriber.off('ready', this.lookSoon);
  }

  /** How many streams have sockets here. */
  get size(): number {
    return this.channels.size;
  }

  channel(stream: string): StreamChannel | undefined {
    return this.channels.get(stream);
  }

  /**
   * Puts `session` into streams. From `onEntered` on, which is called with the `seq` each stream is at, the
   * socket hears every later event, in order.
   * @throws AppError service_unavailable
   */
  async enter(
    session: SocketSession,
    streams: readonly string[],
    onEntered?: (positions: Record<string, number>) => void,
  ): Promise<void> {
    const fresh = streams.filter((stream) => !session.streams.has(stream));
    // Members first: a channel begins to listen before its head is read, so nothing falls in between.
    const channels = fresh.map((stream) => this.openFor(session, stream));
    try {
      const heads = await this.events.heads(fresh);
      for (const channel of channels) await channel.reach(heads.get(channel.stream) ?? 0);
    } catch (error) {
      for (const channel of channels) this.leave(session, channel.stream);
      throw error;
    }
    if (session.isOver) return this.leaveAll(session);
    // One that was left meanwhile stays left.
    const entered = channels.filter((channel) => channel.members.has(session));
    for (const { stream } of entered) session.enterRoom(stream);
    onEntered?.(Object.fromEntries(entered.map(({ stream, position }) => [stream, position])));
  }

  /** Takes `session` out of a stream. */
  leave(session: SocketSession, stream: string): void {
    session.streams.delete(stream);
    const channel = this.channels.get(stream);
    channel?.remove(session);
    if (channel?.members.size === 0) this.channels.delete(stream);
  }

  leaveAll(session: SocketSession): void {
    for (const stream of [...session.streams]) this.leave(session, stream);
  }

  /** Takes in an event that has committed, in whichever process. */
  async hear(envelope: EventEnvelope): Promise<void> {
    await this.channels.get(envelope.stream)?.hear(envelope);
  }

  /** Passes on what is not stored. */
  tell(envelope: TransientEnvelope, exceptSocketId: string | undefined): void {
    this.channels.get(envelope.stream)?.tell(envelope, exceptSocketId);
  }

  private openFor(session: SocketSession, stream: string): StreamChannel {
    session.streams.add(stream);
    let channel = this.channels.get(stream);
    if (!channel) {
      channel = new StreamChannel(stream, {
        emit: (envelope, exceptSocketId) => this.emit(stream, envelope, exceptSocketId),
        read: async (since) => (await this.events.read(stream, since, READ_PAGE)).items,
      });
      this.channels.set(stream, channel);
    }
    channel.members.add(session);
    return channel;
  }

  private readonly lookSoon = (): void => {
    if (this.timer) void this.look();
  };

  private schedule(): void {
    clearTimeout(this.timer);
    const alone = this.connections.subscriber.status !== 'ready' || this.connections.cache.status !== 'ready';
    this.timer = setTimeout(() => void this.look(), alone ? LOOK_ALONE_EVERY_MS : LOOK_EVERY_MS).unref();
  }

  private async look(): Promise<void> {
    try {
      const streams = [...this.channels.keys()];
      for (let first = 0; first < streams.length; first += HEADS_PAGE) {
        await this.compare(streams.slice(first, first + HEADS_PAGE));
      }
      this.failing = false;
    } catch (error) {
      if (!this.failing)
        this.logger.warn({ err: error }, 'missed events cannot be read; sockets wait for them');
      this.failing = true;
    }
    if (this.timer) this.schedule();
  }

  private async compare(streams: readonly string[]): Promise<void> {
    for (const [stream, head] of await this.events.heads(streams)) {
      await this.channels.get(stream)?.reach(head);
    }
  }
}
