// All SQL about messages.

import { Injectable } from '@nestjs/common';
import { GLOBAL_ROOM_ID } from '../../contracts/chat.js';
import { Database } from '../../infra/database/database.js';
import { ChatMessageEntity } from './chat-message.entity.js';
import type { ChatRoomEntity } from './chat-room.entity.js';

/** A message with the names of its author, null when their account is gone. */
export interface MessageRow extends ChatMessageEntity {
  readonly username: string | null;
  readonly name: string | null;
}

export interface Author {
  readonly id: string;
  readonly username: string | null;
  readonly name: string | null;
  readonly isMember: boolean;
}

export type NewMessage = Pick<ChatMessageEntity, 'id' | 'body' | 'clientMessageId'> & {
  readonly authorId: string;
};

/** A room that is locked for this transaction. */
export interface HeldRoom extends Pick<ChatRoomEntity, 'kind' | 'lastSeq'> {
  /** The time under the lock: later messages never have an earlier one. */
  readonly now: Date;
}

@Injectable()
export class ChatMessagesRepository {
  constructor(private readonly database: Database) {}

  /** Those of `userIds` that exist, who stay until the transaction ends. Before hold(): erasure locks in this order. */
  holdAuthors(roomId: string, userIds: readonly string[]): Promise<Author[]> {
    return this.database.query<Author>(
      `SELECT author.id, author.username, author.name,
         ($1::uuid = '${GLOBAL_ROOM_ID}' OR EXISTS (
           SELECT FROM chat_members WHERE room_id = $1::uuid AND user_id = author.id)) AS "isMember"
       FROM users author WHERE author.id = ANY($2::uuid[]) ORDER BY author.id FOR KEY SHARE OF author`,
      [roomId, userIds],
    );
  }

  /** Makes this transaction the only one that adds to the room; undefined when there is no such room. */
  async hold(roomId: string): Promise<HeldRoom | undefined> {
    const [row] = await this.database.query<HeldRoom>(
      `SELECT kind, last_seq AS "lastSeq", clock_timestamp()::timestamptz(3) AS now
       FROM chat_rooms WHERE id = $1 FOR NO KEY UPDATE`,
      [roomId],
    );
    return row;
  }

  /** Messages that these authors have sent under these names of their own, in any room. */
  findByClientId(sent: readonly { authorId: string; clientMessageId: string }[]): Promise<MessageRow[]> {
    return this.rows(
      `(message.author_id, message.client_message_id) IN (
         SELECT * FROM unnest($1::uuid[], $2::text[]))`,
      [sent.map(({ authorId }) => authorId), sent.map(({ clientMessageId }) => clientMessageId)],
    );
  }

  /**
   * Adds messages at the end of a held room, in order.
   * @throws AppError conflict when one of their clientMessageIds was used meanwhile
   */
  async insert(roomId: string, room: HeldRoom, messages: readonly NewMessage[]): Promise<void> {
    await this.database.query(
      `WITH head AS (UPDATE chat_rooms SET last_seq = $2::bigint + $4::int WHERE id = $1::uuid)
       INSERT INTO chat_messages (room_id, seq, id, author_id, author_seq, client_message_id, body, created_at)
       SELECT $1::uuid, $2::bigint + new.position, new.id, new.author_id,
         COALESCE(previous.author_seq, 0) + row_number() OVER (PARTITION BY new.author_id ORDER BY new.position),
         new.client_message_id, new.body, $3::timestamptz
       FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[])
         WITH ORDINALITY AS new (id, author_id, client_message_id, body, position)
       LEFT JOIN LATERAL (
         SELECT author_seq FROM chat_messages WHERE author_id = new.author_id AND room_id = $1::uuid
         ORDER BY seq DESC LIMIT 1) previous ON true`,
      [
        roomId,
        room.lastSeq,
        room.now,
        messages.length,
        messages.map(({ id }) => id),
        messages.map(({ authorId }) => authorId),
        messages.map(({ clientMessageId }) => clientMessageId),
        messages.map(({ body }) => body),
      ],
    );
  }

  /** Up to `limit` messages with a lower `seq`, newest first. */
  before(roomId: string, seq: number, limit: number): Promise<MessageRow[]> {
    return this.rows('message.room_id = $1 AND message.seq < $2 ORDER BY message.seq DESC LIMIT $3', [
      roomId,
      seq,
      limit,
    ]);
  }

  /** Up to `limit` messages with a higher `seq`, oldest first. */
  after(roomId: string, seq: number, limit: number): Promise<MessageRow[]> {
    return this.rows('message.room_id = $1 AND message.seq > $2 ORDER BY message.seq LIMIT $3', [
      roomId,
      seq,
      limit,
    ]);
  }

  async count(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>('SELECT count(*) AS count FROM chat_messages');
    return row?.count ?? 0;
  }

  private rows(condition: string, parameters: readonly unknown[]): Promise<MessageRow[]> {
    return this.database.query<MessageRow>(
      `SELECT ${this.database.columns(ChatMessageEntity, 'message')}, author.username, author.name
       FROM chat_messages message LEFT JOIN users author ON author.id = message.author_id
       WHERE ${condition}`,
      parameters,
    );
  }
}
