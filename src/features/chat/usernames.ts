import { Injectable } from '@nestjs/common';
import { ChatRoomsRepository } from './chat-rooms.repository.js';

const KEPT_MS = 1_000;
const MAX_KEPT = 10_000;

/** Usernames for what is told often and not stored; at most a second behind a change. */
@Injectable()
export class Usernames {
  private readonly kept = new Map<string, string | null>();
  private keptSince = 0;

  constructor(private readonly rooms: ChatRoomsRepository) {}

  /** Null for a user without one, or who is gone. */
  async of(userId: string): Promise<string | null> {
    return (await this.ofAll([userId])).get(userId) ?? null;
  }

  /** Those of several users, with one query at most. */
  async ofAll(userIds: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    const now = performance.now();
    if (now - this.keptSince > KEPT_MS || this.kept.size > MAX_KEPT) {
      this.kept.clear();
      this.keptSince = now;
    }
    const unknown = [...new Set(userIds)].filter((id) => !this.kept.has(id));
    if (unknown.length > 0) {
      for (const [id, username] of await this.rooms.usernames(unknown)) this.kept.set(id, username);
    }
    return new Map(userIds.map((id) => [id, this.kept.get(id) ?? null]));
  }
}
