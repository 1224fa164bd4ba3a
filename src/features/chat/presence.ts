// Tells a room when a user's first socket comes into it, and when the last has been gone for a while, in
// whichever processes the sockets are.

import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { roomStream } from '../../contracts/events.js';
import { Realtime } from '../../infra/realtime/realtime.js';
import {
  OnStreamsEntered,
  OnStreamsLeft,
  type StreamVisit,
} from '../../infra/realtime/stream-hooks.decorator.js';
import { PresenceRegistry } from './presence-registry.js';
import { Usernames } from './usernames.js';

/** Who loads a page anew was never away. */
const LEFT_AFTER_MS = 5_000;
const PULSE_EVERY_MS = 5_000;
const ROOM_STREAMS = roomStream('');

@Injectable()
export class Presence implements OnModuleDestroy {
  /** Sockets of this process by place: a room and a user. */
  private readonly sockets = new Map<string, number>();
  /** Places without a socket that are not given up yet, and the departure that will do it. */
  private readonly leaving = new Map<string, NodeJS.Timeout>();
  private pulse: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly registry: PresenceRegistry,
    private readonly usernames: Usernames,
    private readonly realtime: Realtime,
  ) {}

  /** How many places this process has a socket at, or had one a moment ago. */
  get size(): number {
    return this.sockets.size + this.leaving.size;
  }

  /** A socket of this process has come into streams. */
  @OnStreamsEntered()
  entered(visit: StreamVisit): void | Promise<void> {
    this.start();
    const fresh = placesOf(visit).filter((place) => this.add(place));
    if (fresh.length > 0) return this.announce(fresh, visit.socketId);
  }

  /** A socket of this process has left streams, or is gone. */
  @OnStreamsLeft()
  left(visit: StreamVisit): void {
    const empty = placesOf(visit).filter((place) => this.remove(place));
    if (empty.length === 0 || this.stopped) return;
    const departure = setTimeout(() => void this.giveUp(empty, departure), LEFT_AFTER_MS).unref();
    for (const place of empty) this.leaving.set(place, departure);
  }

  onModuleDestroy(): void {
    // What this process holds is given up by the others: its users are connecting to them by now.
    this.stopped = true;
    clearInterval(this.pulse);
    for (const departure of this.leaving.values()) clearTimeout(departure);
    this.leaving.clear();
  }

  /** True when nobody knows yet that the user is there. */
  private add(place: string): boolean {
    const before = this.sockets.get(place) ?? 0;
    this.sockets.set(place, before + 1);
    return before === 0 && !this.leaving.delete(place);
  }

  /** True when that was the last socket. */
  private remove(place: string): boolean {
    const left = (this.sockets.get(place) ?? 0) - 1;
    if (left > 0) this.sockets.set(place, left);
    else this.sockets.delete(place);
    return left === 0;
  }

  private async giveUp(places: readonly string[], departure: NodeJS.Timeout): Promise<void> {
    const gone = places.filter((place) => this.leaving.get(place) === departure);
    for (const place of gone) this.leaving.delete(place);
    await this.tell('presence.left', await this.registry.release(gone));
  }

  private async announce(places: readonly string[], socketId: string): Promise<void> {
    await this.tell('presence.joined', await this.registry.hold(places), socketId);
  }

  private start(): void {
    if (this.pulse || this.stopped) return;
    this.pulse = setInterval(() => void this.beat(), PULSE_EVERY_MS).unref();
  }

  private async beat(): Promise<void> {
    const { left, joined } = await this.registry.live(() => [...this.sockets.keys(), ...this.leaving.keys()]);
    await this.tell('presence.left', left);
    await this.tell('presence.joined', joined);
  }

  /** Never rejects: presence is a hint. */
  private async tell(
    type: 'presence.joined' | 'presence.left',
    places: readonly string[],
    exceptSocketId?: string,
  ): Promise<void> {
    if (places.length === 0 || this.stopped) return;
    const visits = places.map(visitOf);
    const usernames = await this.usernames
      .ofAll(visits.map(({ userId }) => userId))
      .catch(() => new Map<string, string | null>());
    for (const { room, userId } of visits) {
      const data = { room, userId, username: usernames.get(userId) ?? null };
      this.realtime.broadcast(roomStream(room), type, data, exceptSocketId ? { exceptSocketId } : {});
    }
  }
}

function placesOf({ streams, userId }: StreamVisit): string[] {
  return streams
    .filter((stream) => stream.startsWith(ROOM_STREAMS))
    .map((stream) => `${stream.slice(ROOM_STREAMS.length)} ${userId}`);
}

function visitOf(place: string): { room: string; userId: string } {
  const [room = '', userId = ''] = place.split(' ');
  return { room, userId };
}
