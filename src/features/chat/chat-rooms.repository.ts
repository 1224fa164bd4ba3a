// All SQL about rooms and who is in them.

import { Injectable } from '@nestjs/common';
import { GLOBAL_ROOM_ID, type RoomKind } from '../../contracts/chat.js';
import { Database } from '../../infra/database/database.js';
import { ChatRoomEntity } from './chat-room.entity.js';

/** A room as one user sees it. */
export interface RoomView extends ChatRoomEntity {
  readonly isMember: boolean;
  readonly readSeq: number;
  /** Messages of others after `readSeq`; 0 for who is not in the room. */
  readonly unread: number;
}

/** How many messages of user $1 the room has up to the newest one that `condition` lets through. */
const ownMessages = (condition: string): string =>
  `COALESCE((SELECT author_seq FROM chat_messages
     WHERE author_id = $1 AND room_id = room.id AND ${condition} ORDER BY seq DESC LIMIT 1), 0)`;

@Injectable()
export class ChatRoomsRepository {
  constructor(private readonly database: Database) {}

  /** @throws AppError room_name_taken */
  async insert(id: string, name: string, kind: RoomKind, ownerId: string): Promise<void> {
    await this.database.query('INSERT INTO chat_rooms (id, name, kind, owner_id) VALUES ($1, $2, $3, $4)', [
      id,
      name,
      kind,
      ownerId,
    ]);
  }

  /** The id of the room of this name, whoever may see it. */
  async findId(name: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ id: string }>('SELECT id FROM chat_rooms WHERE name = $1', [
      name,
    ]);
    return row?.id;
  }

  /** A room by its id, as this user sees it; undefined when they must not know of it. */
  async find(userId: string, roomId: string): Promise<RoomView | undefined> {
    const [room] = await this.views(userId, 'room.id = $2', [roomId]);
    return room;
  }

  /** Up to `limit` rooms that a user may know of, newest first. */
  list(userId: string, beforeId: string | undefined, limit: number): Promise<RoomView[]> {
    const before = beforeId === undefined ? 'true' : 'room.id < $3';
    return this.views(
      userId,
      `${before} ORDER BY room.id DESC LIMIT $2`,
      beforeId === undefined ? [limit] : [limit, beforeId],
    );
  }

  /** The rooms a user is in, newest first. */
  listJoined(userId: string): Promise<RoomView[]> {
    return this.views(
      userId,
      `room.id IN (SELECT room_id FROM chat_members WHERE user_id = $1 UNION ALL SELECT $2::uuid)
       ORDER BY room.id DESC`,
      [GLOBAL_ROOM_ID],
    );
  }

  /** The ids of the rooms a user has joined, without the one that everybody is in. */
  async joinedIds(userId: string): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      'SELECT room_id AS id FROM chat_members WHERE user_id = $1',
      [userId],
    );
    return rows.map(({ id }) => id);
  }

  /** When the user became a member; undefined when they are none. */
  async memberSince(roomId: string, userId: string): Promise<Date | undefined> {
    const [row] = await this.database.query<{ joinedAt: Date }>(
      'SELECT joined_at AS "joinedAt" FROM chat_members WHERE room_id = $1 AND user_id = $2',
      [roomId, userId],
    );
    return row?.joinedAt;
  }

  /**
   * Makes the user a member; undefined when they are one already.
   * @throws AppError user_not_found
   */
  async addMember(roomId: string, userId: string): Promise<Date | undefined> {
    const [row] = await this.database.query<{ joinedAt: Date }>(
      `INSERT INTO chat_members (room_id, user_id) VALUES ($1, $2)
       ON CONFLICT (room_id, user_id) DO NOTHING RETURNING joined_at AS "joinedAt"`,
      [roomId, userId],
    );
    return row?.joinedAt;
  }

  /** False when the user was no member. */
  async removeMember(roomId: string, userId: string): Promise<boolean> {
    const rows = await this.database.query(
      'DELETE FROM chat_members WHERE room_id = $1 AND user_id = $2 RETURNING 1',
      [roomId, userId],
    );
    return rows.length > 0;
  }

  /** Moves the read marker to `seq` or the newest message, if that is forward; where it is then. */
  async moveMarker(userId: string, roomId: string, seq: number): Promise<{ seq: number; moved: boolean }> {
    const [row] = await this.database.query<{ seq: number; moved: boolean }>(
      `WITH target AS (SELECT LEAST($3::bigint, last_seq) AS seq FROM chat_rooms WHERE id = $2::uuid),
       moved AS (
         INSERT INTO chat_read_markers AS marker (user_id, room_id, read_seq)
         SELECT $1::uuid, $2::uuid, seq FROM target WHERE seq > 0
         ON CONFLICT (user_id, room_id) DO UPDATE SET read_seq = excluded.read_seq
         WHERE marker.read_seq < excluded.read_seq
         RETURNING read_seq
       )
       SELECT COALESCE((SELECT read_seq FROM moved), marker.read_seq, 0) AS seq, EXISTS (SELECT FROM moved) AS moved
       FROM target LEFT JOIN chat_read_markers marker ON marker.user_id = $1::uuid AND marker.room_id = $2::uuid`,
      [userId, roomId, seq],
    );
    return row ?? { seq: 0, moved: false };
  }

  /** The usernames of those users who are still there. */
  async usernames(userIds: readonly string[]): Promise<Map<string, string | null>> {
    const rows = await this.database.query<{ id: string; username: string | null }>(
      'SELECT id, username FROM users WHERE id = ANY($1::uuid[])',
      [userIds],
    );
    return new Map(rows.map(({ id, username }) => [id, username]));
  }

  /** Rooms as user $1 sees them; `condition` and what follows it may use $2, … */
  private views(userId: string, condition: string, parameters: readonly unknown[]): Promise<RoomView[]> {
    const isMember = `(room.id = '${GLOBAL_ROOM_ID}' OR member.user_id IS NOT NULL)`;
    const readSeq = 'COALESCE(marker.read_seq, 0)';
    // A message of one's own is read, wherever the marker stands: two look-ups tell how many lie after it.
    const ownUnread = `(${ownMessages('true')} - ${ownMessages(`seq <= ${readSeq}`)})`;
    return this.database.query<RoomView>(
      `SELECT ${this.database.columns(ChatRoomEntity, 'room')}, ${isMember} AS "isMember", ${readSeq} AS "readSeq",
         CASE WHEN ${isMember} THEN room.last_seq - ${readSeq} - ${ownUnread} ELSE 0 END AS unread
       FROM chat_rooms room
       LEFT JOIN chat_members member ON member.room_id = room.id AND member.user_id = $1
       LEFT JOIN chat_read_markers marker ON marker.room_id = room.id AND marker.user_id = $1
       WHERE (room.kind = 'public' OR member.user_id IS NOT NULL) AND ${condition}`,
      [userId, ...parameters],
    );
  }
}
