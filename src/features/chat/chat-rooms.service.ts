// The rules of rooms: who sees which, who may be added and removed, and what each member has not read yet.

import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { AppError } from '../../common/errors/app-error.js';
import { uuid } from '../../common/http/fields.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import { GLOBAL_ROOM_ID, type ReadData, type RoomData } from '../../contracts/chat.js';
import { roomStream } from '../../contracts/events.js';
import { Database } from '../../infra/database/database.js';
import { Realtime } from '../../infra/realtime/realtime.js';
import { StreamsOf } from '../../infra/realtime/streams-of.decorator.js';
import type { CreateRoomRequest, ListRoomsRequest, UnreadResponse } from './chat.dto.js';
import { ChatRoomsRepository, type RoomView } from './chat-rooms.repository.js';
import { KnownRooms } from './known-rooms.js';
import { toRoomResponse } from './room-response.js';

const ORDER = 'newest';
const positionSchema = z.tuple([uuid]);

@Injectable()
export class ChatRoomsService {
  constructor(
    private readonly database: Database,
    private readonly rooms: ChatRoomsRepository,
    private readonly knownRooms: KnownRooms,
    private readonly realtime: Realtime,
  ) {}

  /**
   * The rooms a user can know of: all public ones, and private ones they are in; `global`, then newest first.
   * @throws AppError validation_failed for a wrong cursor
   */
  async list(userId: string, { limit, cursor }: ListRoomsRequest): Promise<Page<RoomData>> {
    const beforeId = readCursor(cursor, ORDER, positionSchema)?.[0];
    const rows = await this.rooms.list(userId, beforeId, limit + 1);
    return toPage(rows, limit, ORDER, (room) => [room.id], toRoomResponse);
  }

  /**
   * Creates a room that belongs to the user, with them as its first member.
   * @throws AppError room_name_taken
   */
  create(userId: string, { name, kind }: CreateRoomRequest): Promise<RoomData> {
    return this.database.transaction(async () => {
      const id = uuidv7();
      await this.rooms.insert(id, name, kind, userId);
      await this.rooms.addMember(id, userId);
      this.enterAfterCommit(id, userId);
      return toRoomResponse(await this.visible(userId, id));
    });
  }

  /**
   * Makes the user a member of a public room; nothing changes for who is one.
   * @returns the room as it is once their sockets are in it: they hear every message after `lastSeq`
   * @throws AppError room_not_found, also for a private room of others
   */
  async join(userId: string, reference: string): Promise<RoomData> {
    const room = await this.visible(userId, reference);
    if (room.isMember) return toRoomResponse(room);
    await this.database.transaction(async () => {
      await this.rooms.addMember(room.id, userId);
      this.enterAfterCommit(room.id, userId);
    });
    return toRoomResponse(await this.visible(userId, room.id));
  }

  /**
   * Ends the membership of the user, if there is one. The owner who leaves still owns the room.
   * @returns the room as it was seen last
   * @throws AppError room_not_found, room_for_everybody
   */
  async leave(userId: string, reference: string): Promise<RoomData> {
    const room = await this.visible(userId, reference);
    await this.remove(room, userId);
    return { ...toRoomResponse(room), unread: 0 };
  }

  /** Ends the membership of `userId`, on behalf of themselves or by the owner. Errors as leave(), and not_room_owner. */
  async removeMember(callerId: string, reference: string, userId: string): Promise<void> {
    const room = await this.visible(callerId, reference);
    if (userId !== callerId && room.ownerId !== callerId) throw new AppError('not_room_owner');
    await this.remove(room, userId);
  }

  /**
   * Moves the read marker of the user forward, to the newest message at most, and tells the room if it moved.
   * @throws AppError room_not_found, not_room_member
   */
  async markRead(userId: string, reference: string, seq: number): Promise<ReadData & { unread: number }> {
    const { id } = await this.joined(userId, reference);
    const marker = await this.rooms.moveMarker(userId, id, seq);
    const read = { room: id, userId, seq: marker.seq };
    if (marker.moved) this.realtime.broadcast(roomStream(id), 'chat.read', read);
    const { unread } = await this.visible(userId, id);
    return { ...read, unread };
  }

  /** What the user has not read, by room; nothing that they wrote themselves. */
  async unread(userId: string): Promise<UnreadResponse> {
    const rooms = await this.rooms.listJoined(userId);
    return {
      total: rooms.reduce((sum, { unread }) => sum + unread, 0),
      rooms: rooms.map(({ id, unread, lastSeq, readSeq }) => ({ room: id, unread, lastSeq, readSeq })),
    };
  }

  /**
   * The room by id or name, as the user sees it.
   * @throws AppError room_not_found, also for a private room of others
   */
  async visible(userId: string, reference: string): Promise<RoomView> {
    const room = await this.rooms.find(userId, await this.knownRooms.idOf(reference));
    if (!room) throw new AppError('room_not_found');
    return room;
  }

  /** Like visible(), for members only. @throws AppError room_not_found, not_room_member */
  async joined(userId: string, reference: string): Promise<RoomView> {
    const room = await this.visible(userId, reference);
    if (!room.isMember) throw new AppError('not_room_member');
    return room;
  }

  /** The streams of all rooms a user is in. */
  @StreamsOf()
  async streamsOf(userId: string): Promise<readonly string[]> {
    const ids = await this.rooms.joinedIds(userId);
    return [GLOBAL_ROOM_ID, ...ids].map(roomStream);
  }

  /** Takes the user's sockets into the room once the open transaction has committed. */
  enterAfterCommit(roomId: string, userId: string): void {
    this.database.afterCommit(() => this.realtime.joinStream(userId, roomStream(roomId)));
  }

  private async remove(room: RoomView, userId: string): Promise<void> {
    if (room.id === GLOBAL_ROOM_ID) throw new AppError('room_for_everybody');
    await this.database.transaction(async () => {
      const removed = await this.rooms.removeMember(room.id, userId);
      if (removed) this.database.afterCommit(() => this.realtime.leaveStream(userId, roomStream(room.id)));
    });
  }
}
