// The sockets of this process, by user.

import { Injectable } from '@nestjs/common';
import type { SocketSession } from './socket-session.js';

@Injectable()
export class SocketSessions {
  private readonly byUser = new Map<string, Set<SocketSession>>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  get users(): string[] {
    return [...this.byUser.keys()];
  }

  *all(): Generator<SocketSession> {
    for (const sessions of this.byUser.values()) yield* sessions;
  }

  of(userId: string): readonly SocketSession[] {
    return [...(this.byUser.get(userId) ?? [])];
  }

  add(session: SocketSession): void {
    const sessions = this.byUser.get(session.userId);
    if (sessions) sessions.add(session);
    else this.byUser.set(session.userId, new Set([session]));
    this.count += 1;
  }

  remove(session: SocketSession): void {
    const sessions = this.byUser.get(session.userId);
    if (!sessions?.delete(session)) return;
    this.count -= 1;
    if (sessions.size === 0) this.byUser.delete(session.userId);
  }
}
