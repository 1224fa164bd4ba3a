// The SQL of the event log.

import { Injectable } from '@nestjs/common';
import { userStream } from '../../contracts/events.js';
import { Database } from '../database/database.js';
import { ErasesUser } from '../erasure/erases-user.decorator.js';
import type { ErasedUser } from '../erasure/erased-user.js';
import { EventEntity } from './event.entity.js';

/** What every stream keeps, whatever its age. */
export const KEPT_EVENTS = 10_000;
export const KEPT_HOURS = 72;
const PURGE_BATCH = 5_000;

@Injectable()
export class EventsRepository {
  constructor(private readonly database: Database) {}

  /** Adds one event under the row lock of its stream, and returns it with its `seq` and time. */
  async append(id: string, stream: string, type: string, data: unknown): Promise<EventEntity> {
    // The time is taken under the lock as well: within a stream, later `seq` means later `at`.
    const [row] = await this.database.query<EventEntity>(
      `WITH head AS (
         INSERT INTO event_streams (name, last_seq) VALUES ($2, 1)
         ON CONFLICT (name) DO UPDATE SET last_seq = event_streams.last_seq + 1
         RETURNING last_seq
       )
       INSERT INTO events (id, stream, seq, type, at, data)
       SELECT $1, $2, last_seq, $3, clock_timestamp(), $4::jsonb FROM head
       RETURNING ${this.columns}`,
      [id, stream, type, JSON.stringify(data)],
    );
    if (!row) throw new Error(`appending to ${stream} returned no row`);
    return row;
  }

  /** Up to `limit` events of `stream` after `since`, in order. */
  async after(stream: string, since: number, limit: number): Promise<EventEntity[]> {
    return this.database.query<EventEntity>(
      `SELECT ${this.columns} FROM events WHERE stream = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
      [stream, since, limit],
    );
  }

  /** Removes one batch of what need not be kept, oldest first; returns how many. */
  async purgeBatch(): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM events WHERE (stream, seq) IN (
         SELECT old.stream, old.seq FROM event_streams head
         CROSS JOIN LATERAL (
           SELECT stream, seq FROM events
           WHERE stream = head.name AND seq <= head.last_seq - $1 AND at < now() - make_interval(hours => $2)
           ORDER BY seq LIMIT $3
         ) old
         WHERE head.last_seq > $1 LIMIT $3
       ) RETURNING seq`,
      [KEPT_EVENTS, KEPT_HOURS, PURGE_BATCH],
    );
    return rows.length;
  }

  /** Removes the stream of a user; last, because it locks the stream like an append does. */
  @ErasesUser('events', 'after_account')
  async erase(user: ErasedUser): Promise<number> {
    const stream = userStream(user.id);
    await this.database.query('DELETE FROM event_streams WHERE name = $1', [stream]);
    const rows = await this.database.query('DELETE FROM events WHERE stream = $1 RETURNING seq', [stream]);
    return rows.length;
  }

  private get columns(): string {
    return this.database.columns(EventEntity);
  }
}
