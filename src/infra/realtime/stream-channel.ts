// One stream as this process serves it: every event of the log goes to the local sockets exactly once and in
// order of `seq`, whatever order the messages come in and whichever of them are lost.

import type { EventEnvelope, TransientEnvelope } from '../../contracts/events.js';
import { HeldEvents } from './held-events.js';
import type { SocketSession } from './socket-session.js';

/** How a channel reaches its surroundings. */
export interface ChannelPorts {
  /** Sends to all sockets that are in the room of the stream, and not held back. */
  emit(envelope: EventEnvelope | TransientEnvelope, exceptSocketId?: string): void;
  /** The next events of the log after `since`, in order; empty when there are none. */
  read(since: number): Promise<EventEnvelope[]>;
}

export class StreamChannel {
  readonly members = new Set<SocketSession>();
  /** The last `seq` that went to the sockets; undefined until it is known where to begin. */
  private delivered: number | undefined;
  /** The highest `seq` heard of. */
  private known = 0;
  private readonly held = new Map<SocketSession, HeldEvents>();
  private catchingUp: Promise<void> | undefined;

  constructor(
    readonly stream: string,
    private readonly ports: ChannelPorts,
  ) {}

  /** The last `seq` that went to the sockets. */
  get position(): number {
    return this.delivered ?? 0;
  }

  /** Begins after `head`, or goes on up to it. */
  async reach(head: number): Promise<void> {
    this.delivered ??= head;
    this.known = Math.max(this.known, head);
    // A read that was under way may have ended right before: look again until it is done.
    while (this.delivered < this.known) await this.catchUp();
  }

  /** Takes in one event that has committed. */
  hear(envelope: EventEnvelope): Promise<void> | undefined {
    if (envelope.seq > this.known) this.known = envelope.seq;
    if (this.delivered === undefined || envelope.seq <= this.delivered) return undefined;
    if (envelope.seq === this.delivered + 1 && !this.catchingUp) {
      this.deliver(envelope);
      // Later ones may have come before it, in vain.
      return this.delivered < this.known ? this.catchUp() : undefined;
    }
    return this.catchUp();
  }

  /** Passes on what is not stored. */
  tell(envelope: TransientEnvelope, exceptSocketId: string | undefined): void {
    this.ports.emit(envelope, exceptSocketId);
    this.holdBack(envelope, exceptSocketId);
  }

  /** Collects what comes for `session` from now on, in place of sending it; see release(). */
  hold(session: SocketSession): HeldEvents {
    const held = new HeldEvents(this.position);
    this.held.set(session, held);
    session.leaveRoom(this.stream);
    return held;
  }

  /** Sends to `session` what was held back and is later than `since`; then it hears everything live again. */
  release(session: SocketSession, since: number): void {
    const held = this.held.get(session);
    if (!held) return;
    this.held.delete(session);
    if (!this.members.has(session)) return;
    for (const envelope of held.after(since)) session.send(envelope);
    session.enterRoom(this.stream);
  }

  /** Forgets `session`. */
  remove(session: SocketSession): void {
    this.held.delete(session);
    this.members.delete(session);
    session.leaveRoom(this.stream);
  }

  private deliver(envelope: EventEnvelope): void {
    this.delivered = envelope.seq;
    this.ports.emit(envelope);
    this.holdBack(envelope);
  }

  private holdBack(envelope: EventEnvelope | TransientEnvelope, exceptSocketId?: string): void {
    if (this.held.size === 0) return;
    const size = JSON.stringify(envelope).length;
    for (const [session, held] of this.held) if (session.id !== exceptSocketId) held.add(envelope, size);
  }

  private catchUp(): Promise<void> {
    this.catchingUp ??= this.readOn().finally(() => {
      this.catchingUp = undefined;
    });
    return this.catchingUp;
  }

  private async readOn(): Promise<void> {
    while (this.delivered !== undefined && this.delivered < this.known) {
      const page = await this.ports.read(this.delivered);
      for (const envelope of page) this.deliver(envelope);
      // Erased in between: there is nothing to wait for.
      if (page.length === 0) this.delivered = this.known;
    }
  }
}
