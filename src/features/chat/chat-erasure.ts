// What a person wrote goes with their account. The places stay, empty and nobody's: `seq` has no gap, and
// what others have not read stays right.

import { Injectable } from '@nestjs/common';
import { ERASED_AUTHOR } from '../../contracts/chat.js';
import { roomStream } from '../../contracts/events.js';
import { Database } from '../../infra/database/database.js';
import type { ErasedUser } from '../../infra/erasure/erased-user.js';
import { ErasesUser } from '../../infra/erasure/erases-user.decorator.js';
import { Events } from '../../infra/events/events.js';

@Injectable()
export class ChatErasure {
  constructor(
    private readonly database: Database,
    private readonly events: Events,
  ) {}

  /** Empties the messages of a user, in the rooms and in the event log; returns how many. */
  @ErasesUser('chatMessages')
  async eraseMessages(user: ErasedUser): Promise<number> {
    const rows = await this.database.query<{ roomId: string; seq: number }>(
      `UPDATE chat_messages SET author_id = NULL, client_message_id = NULL, body = '' WHERE author_id = $1
       RETURNING room_id AS "roomId", seq`,
      [user.id],
    );
    const empty = { author: ERASED_AUTHOR, body: '', clientMessageId: null };
    for (const roomId of new Set(rows.map((row) => row.roomId))) {
      const seqs = rows.filter((row) => row.roomId === roomId).map(({ seq }) => seq);
      await this.events.amend<'chat.message'>(roomStream(roomId), seqs, empty);
    }
    return rows.length;
  }

  /** Hands the rooms of a user to their longest-standing other member; returns how many rooms there were. */
  @ErasesUser('chatRooms')
  async handRoomsOver(user: ErasedUser): Promise<number> {
    const rows = await this.database.query(
      `UPDATE chat_rooms room SET owner_id = (
         SELECT user_id FROM chat_members
         WHERE room_id = room.id AND user_id <> $1 ORDER BY joined_at, user_id LIMIT 1)
       WHERE owner_id = $1 RETURNING 1`,
      [user.id],
    );
    return rows.length;
  }
}
