// The life of the sockets of this process, from an accepted handshake to the end.

import { Injectable, Logger } from '@nestjs/common';
import type { Server } from 'socket.io';
import type { Authenticator } from '../../common/auth/authenticator.js';
import { ERRORS } from '../../contracts/errors.js';
import { Metrics } from '../metrics/metrics.js';
import { RedisConnections } from '../redis/redis-connections.js';
import { EventDispatcher } from './event-dispatcher.js';
import type { RealtimeMessage } from './realtime-message.js';
import { Realtime } from './realtime.js';
import { SessionGuardian } from './session-guardian.js';
import { SocketSession, type ServerSocket } from './socket-session.js';
import { SocketSessions } from './socket-sessions.js';
import { StreamFeed } from './stream-feed.js';
import { StreamMembership } from './stream-membership.js';

export interface SocketDrainOptions {
  /** How long clients may take to leave by themselves, in milliseconds. */
  readonly graceMs: number;
  /** How long events that are being worked on may take, in milliseconds. */
  readonly deadlineMs: number;
}

@Injectable()
export class SocketHub {
  private readonly logger = new Logger(SocketHub.name);
  private draining = false;
  private server: Server | undefined;

  constructor(
    private readonly realtime: Realtime,
    private readonly connections: RedisConnections,
    private readonly feed: StreamFeed,
    private readonly membership: StreamMembership,
    private readonly sessions: SocketSessions,
    private readonly guardian: SessionGuardian,
    private readonly dispatcher: EventDispatcher,
    private readonly metrics: Metrics,
  ) {}

  /** True once the process is about to end: no more sockets are taken. */
  get isDraining(): boolean {
    return this.draining;
  }

  /** How many rooms Socket.IO has: one per socket, and one per stream with sockets here. */
  get rooms(): number {
    return this.server?.of('/').adapter.rooms.size ?? 0;
  }

  /** Serves the sockets of `server`. */
  attach(server: Server, authenticator: Authenticator): void {
    this.server = server;
    this.membership.collect();
    this.guardian.start(authenticator);
    this.feed.start((stream, envelope, exceptSocketId) => {
      const room = server.to(stream);
      (exceptSocketId === undefined ? room : room.except(exceptSocketId)).emit(envelope.type, envelope);
    });
    this.realtime.listen((message) => this.hear(message));
    this.metrics.measure('milepost_sockets', 'Open sockets of this process.', [], () => [
      { labels: {}, value: this.sessions.size },
    ]);
    // What was said about memberships while Redis was away was not heard.
    let heard = this.connections.subscriber.status === 'ready';
    this.connections.subscriber.on('ready', () => {
      if (heard) void this.refreshMemberships();
      heard = true;
    });
    server.on('connection', (socket: ServerSocket) => this.welcome(socket));
  }

  /** Tells all sockets that the process ends, lets running events finish, and drops who is still there. */
  async drain({ graceMs, deadlineMs }: SocketDrainOptions): Promise<void> {
    this.draining = true;
    for (const session of this.sessions.all()) session.notify('server.draining', {});
    await this.gone(graceMs);
    await this.dispatcher.idle(deadlineMs);
    for (const session of [...this.sessions.all()]) session.leaveGently();
  }

  private welcome(socket: ServerSocket): void {
    const { identity } = socket.data;
    if (!identity) {
      socket.disconnect(true);
      return;
    }
    const session = new SocketSession(socket, identity);
    socket.data.session = session;
    this.sessions.add(session);
    session.backlog.limit(() => this.giveUp(session));
    socket.once('disconnect', () => this.forget(session));
    // What was revoked while the handshake ran told nobody.
    this.guardian.check(session);
    const ready = this.introduce(session);
    this.dispatcher.serve(socket, session, ready);
    if (this.draining) session.notify('server.draining', {});
  }

  private async introduce(session: SocketSession): Promise<void> {
    const { userId, id: socketId } = session;
    try {
      const named = await this.membership.streamsOf(userId);
      const streams = named.filter((stream) => session.mayHear(stream));
      await this.feed.enter(session, streams, (positions) => {
        const serverTime = new Date().toISOString();
        session.notify('connection', { userId, socketId, serverTime, streams: positions });
        this.membership.entered({ socketId, userId, streams: Object.keys(positions) });
      });
    } catch (error) {
      this.logger.warn({ err: error }, 'a socket could not be introduced to its streams');
      session.drop();
    }
  }

  private forget(session: SocketSession): void {
    const streams = [...session.streams];
    this.sessions.remove(session);
    this.feed.leaveAll(session);
    this.membership.left({ socketId: session.id, userId: session.userId, streams });
  }

  /** The log keeps for the client what it did not read: it comes back and asks. */
  private giveUp(session: SocketSession): void {
    this.metrics.slowSocketClosed();
    this.logger.warn(
      { userId: session.userId, ip: session.address },
      'a client does not read what it is sent',
    );
    session.interrupt('client_too_slow', ERRORS.client_too_slow.title);
  }

  private async hear(message: RealtimeMessage): Promise<void> {
    switch (message.kind) {
      case 'event':
        return this.feed.hear(message.envelope);
      case 'transient':
        return this.feed.tell(message.envelope, message.exceptSocketId ?? undefined);
      case 'join':
        return this.join(this.sessions.of(message.userId), message.stream);
      case 'leave':
        return this.leave(this.sessions.of(message.userId), message.stream);
    }
  }

  private async join(sessions: readonly SocketSession[], stream: string): Promise<void> {
    for (const session of sessions) {
      if (session.streams.has(stream) || !session.mayHear(stream)) continue;
      await this.feed.enter(session, [stream]);
      this.membership.entered({ socketId: session.id, userId: session.userId, streams: [stream] });
    }
  }

  private leave(sessions: readonly SocketSession[], stream: string): void {
    for (const session of sessions) {
      if (!session.streams.has(stream)) continue;
      this.feed.leave(session, stream);
      this.membership.left({ socketId: session.id, userId: session.userId, streams: [stream] });
    }
  }

  private async refreshMemberships(): Promise<void> {
    try {
      for (const userId of this.sessions.users) {
        const streams = await this.membership.streamsOf(userId);
        const sessions = this.sessions.of(userId);
        const past = new Set(sessions.flatMap((session) => [...session.streams]));
        for (const stream of past) if (!streams.includes(stream)) this.leave(sessions, stream);
        for (const stream of streams) await this.join(sessions, stream);
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'memberships were not read again; a new connection reads them');
    }
  }

  private async gone(deadlineMs: number): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    while (this.sessions.size > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
