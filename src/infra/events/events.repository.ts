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

export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
}

@Injectable()
export class EventsRepository {
  constructor(private readonly database: Database) {}

  /** Adds events, in order, under the row lock of their stream; returns them with their `seq` and time. */
  async append(stream: string, entries: readonly NewEvent[]): Promise<EventEntity[]> {
    // The time is taken under the lock as well: within a stream, later `seq` means later `at`.
    const rows = await this.database.query<EventEntity>(
      `WITH head AS (
         INSERT INTO event_streams (name, last_seq) VALUES ($1, $2::bigint)
         ON CONFLICT (name) DO UPDATE SET last_seq = event_streams.last_seq + $2::bigint
         RETURNING last_seq
       )
       INSERT INTO events (id, stream, seq, type, at, data)
       SELECT entry.id, $1, last_seq - $2::bigint + entry.position, entry.type, clock_timestamp(), entry.data
       FROM head, unnest($3::uuid[], $4::text[], $5::jsonb[]) WITH ORDINALITY AS entry (id, type, data, position)
       RETURNING ${this.columns}`,
      [
        stream,
        entries.length,
        entries.map(({ id }) => id),
        entries.map(({ type }) => type),
        entries.map(({ data }) => JSON.stringify(data)),
      ],
    );
    if (rows.length !== entries.length)
      throw new Error(`appending to ${stream} returned ${rows.length} rows`);
    return rows.sort((one, other) => one.seq - other.seq);
  }

  /** Replaces the members that `patch` has in the data of events, which keep everything else. */
  async amend(stream: string, seqs: readonly number[], patch: object): Promise<void> {
    await this.database.query(
      'UPDATE events SET data = data || $3::jsonb WHERE stream = $1 AND seq = ANY($2::bigint[])',
      [stream, seqs, JSON.stringify(patch)],
    );
  }

  /** Up to `limit` events of `stream` after `since`, in order. */
  async after(stream: string, since: number, limit: number): Promise<EventEntity[]> {
    return this.database.query<EventEntity>(
      `SELECT ${this.columns} FROM events WHERE stream = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
      [stream, since, limit],
    );
  }

  /** The newest `seq` of those streams that have one. */
  async heads(streams: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.database.query<{ name: string; lastSeq: number }>(
      'SELECT name, last_seq AS "lastSeq" FROM event_streams WHERE name = ANY($1)',
      [streams],
    );
    return new Map(rows.map(({ name, lastSeq }) => [name, lastSeq]));
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
