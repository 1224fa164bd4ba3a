// The durable event log. Sockets are only a hint: what stands here is the truth.

import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { EventEnvelope, EventType, EventTypes } from '../../contracts/events.js';
import { Database } from '../database/database.js';
import { Realtime } from '../realtime/realtime.js';
import type { EventEntity } from './event.entity.js';
import { EventsRepository } from './events.repository.js';

export interface EventsPage {
  readonly items: EventEnvelope[];
  /** The `since` of the next page; `since` itself when this one is empty. */
  readonly nextSince: number;
  /** True when events right after `since` are not kept any more. */
  readonly gap: boolean;
}

@Injectable()
export class Events {
  constructor(
    private readonly database: Database,
    private readonly repository: EventsRepository,
    private readonly realtime: Realtime,
  ) {}

  /**
   * Adds an event to a stream, as part of the open transaction: it exists exactly when the transaction
   * commits, and sockets hear of it then. The stream stays locked until then, so append last, and in a fixed
   * order to several streams.
   * @throws Error outside of a transaction
   */
  async append<Type extends EventType>(
    stream: string,
    type: Type,
    data: EventTypes[Type],
  ): Promise<EventEnvelope<Type>> {
    const [envelope] = await this.appendAll(stream, type, [data]);
    return envelope as EventEnvelope<Type>;
  }

  /**
   * Like append() for several events of one type, with one lock and one statement.
   * @param data of each event, in the order of their `seq`; at least one
   */
  async appendAll<Type extends EventType>(
    stream: string,
    type: Type,
    data: readonly EventTypes[Type][],
  ): Promise<EventEnvelope<Type>[]> {
    if (!this.database.inTransaction) throw new Error(`the event ${type} needs the transaction of its cause`);
    const entries = data.map((each) => ({ id: uuid(), type, data: each }));
    const rows = await this.repository.append(stream, entries);
    const envelopes = rows.map((row, index) => ({
      ...toEnvelope(row),
      type,
      data: data[index] as EventTypes[Type],
    }));
    this.database.afterCommit(() => this.realtime.push(envelopes));
    return envelopes;
  }

  /**
   * Replaces some members in the data of events that are kept, as when their author's account goes. Nobody is
   * told: who asks again gets the new data.
   */
  amend<Type extends EventType>(
    stream: string,
    seqs: readonly number[],
    patch: Partial<EventTypes[Type]>,
  ): Promise<void> {
    return this.repository.amend(stream, seqs, patch);
  }

  /**
   * Reads a stream in order.
   * @param since the last `seq` already known, 0 for none
   * @param limit most events to return
   */
  async read(stream: string, since: number, limit: number): Promise<EventsPage> {
    const rows = await this.repository.after(stream, since, limit);
    const first = rows.at(0);
    return {
      items: rows.map(toEnvelope),
      nextSince: rows.at(-1)?.seq ?? since,
      // Numbers have no holes and the newest are always kept: a first one that is not the next one says all.
      gap: first !== undefined && first.seq > since + 1,
    };
  }

  /** The newest `seq` of each stream; 0 for one that nothing has happened in. */
  async heads(streams: readonly string[]): Promise<Map<string, number>> {
    const known = await this.repository.heads(streams);
    return new Map(streams.map((stream) => [stream, known.get(stream) ?? 0]));
  }
}

function toEnvelope(row: EventEntity): EventEnvelope {
  return {
    id: row.id,
    stream: row.stream,
    seq: row.seq,
    type: row.type,
    at: row.at.toISOString(),
    data: row.data,
  };
}
