import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { GLOBAL_ROOM_ID } from '../../contracts/chat.js';
import { Database } from '../../infra/database/database.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Notifications } from '../../infra/notifications/notifications.js';
import { UsersService } from '../users/users.service.js';
import type { MemberResponse } from './chat.dto.js';
import { ChatRoomsRepository, type RoomView } from './chat-rooms.repository.js';
import { ChatRoomsService } from './chat-rooms.service.js';

/** Taking others into a room, and telling them. */
@Injectable()
export class ChatInvitationsService {
  constructor(
    private readonly database: Database,
    private readonly service: ChatRoomsService,
    private readonly rooms: ChatRoomsRepository,
    private readonly users: UsersService,
    private readonly jobs: Jobs,
    private readonly notifications: Notifications,
  ) {}

  /**
   * Makes `userId` a member, on behalf of one; into a public room anybody can take themselves. Who is added by
   * somebody else is notified.
   * @returns the membership, and whether it is new
   * @throws AppError room_not_found, not_room_member, user_not_found
   */
  async add(
    callerId: string,
    reference: string,
    userId: string,
  ): Promise<{ member: MemberResponse; created: boolean }> {
    const room = await this.service.visible(callerId, reference);
    if (!room.isMember && userId !== callerId) throw new AppError('not_room_member');
    if (room.id === GLOBAL_ROOM_ID) return this.alreadyIn(room.id, (await this.users.get(userId)).id);
    return this.database.transaction(async () => {
      const joinedAt = await this.rooms.addMember(room.id, userId);
      if (!joinedAt) return this.alreadyIn(room.id, userId);
      this.service.enterAfterCommit(room.id, userId);
      if (userId !== callerId) await this.tell(callerId, room, userId);
      return {
        member: { room: room.id, userId, joinedAt: joinedAt.toISOString() },
        created: true,
      };
    });
  }

  private async alreadyIn(room: string, userId: string): Promise<{ member: MemberResponse; created: false }> {
    const since = await this.rooms.memberSince(room, userId);
    return { member: { room, userId, joinedAt: since?.toISOString() ?? null }, created: false };
  }

  private async tell(callerId: string, room: RoomView, userId: string): Promise<void> {
    const { id, username, name } = await this.users.get(callerId);
    await this.jobs.enqueue(
      'mail.room_invitation',
      { userId, room: room.id, name: room.name, invitedBy: name ?? username ?? '' },
      { ownerId: userId },
    );
    await this.notifications.create(userId, 'room_invitation', {
      room: room.id,
      name: room.name,
      invitedBy: { id, username, name },
    });
  }
}
