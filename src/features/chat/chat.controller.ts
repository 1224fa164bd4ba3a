import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import type { Page } from '../../common/http/pages.js';
import type { MessageData, RoomData } from '../../contracts/chat.js';
import { Idempotent } from '../../infra/idempotency/idempotent.decorator.js';
import {
  addMemberSchema,
  createRoomSchema,
  listMessagesSchema,
  listRoomsSchema,
  memberParams,
  memberResponseSchema,
  messagePageSchema,
  messageResponseSchema,
  roomPageSchema,
  roomParams,
  roomResponseSchema,
  sendMessageSchema,
  unreadResponseSchema,
  type AddMemberRequest,
  type CreateRoomRequest,
  type ListMessagesRequest,
  type ListRoomsRequest,
  type MemberParams,
  type MemberResponse,
  type RoomParams,
  type SendMessageRequest,
  type UnreadResponse,
} from './chat.dto.js';
import { ChatInvitationsService } from './chat-invitations.service.js';
import { ChatMessagesService } from './chat-messages.service.js';
import { ChatRoomsService } from './chat-rooms.service.js';

@ApiTags('Chat')
@Controller('chat')
export class ChatController {
  constructor(
    private readonly rooms: ChatRoomsService,
    private readonly invitations: ChatInvitationsService,
    private readonly messages: ChatMessagesService,
  ) {}

  @Get('rooms')
  @SignedIn('chat:read')
  @ApiOkResponse({ standardSchema: roomPageSchema })
  list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: listRoomsSchema }) request: ListRoomsRequest,
  ): Promise<Page<RoomData>> {
    return this.rooms.list(caller.userId, request);
  }

  @Post('rooms')
  @SignedIn('chat:write')
  @Idempotent()
  @ApiCreatedResponse({ standardSchema: roomResponseSchema })
  create(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: createRoomSchema }) request: CreateRoomRequest,
  ): Promise<RoomData> {
    return this.rooms.create(caller.userId, request);
  }

  /** 201 for a new member, 200 for one who was there already. */
  @Post('rooms/:room/members')
  @SignedIn('chat:write')
  @Idempotent()
  @ApiOkResponse({ standardSchema: memberResponseSchema })
  @ApiCreatedResponse({ standardSchema: memberResponseSchema })
  async addMember(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: roomParams }) { room }: RoomParams,
    @Body({ schema: addMemberSchema }) { userId }: AddMemberRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MemberResponse> {
    const { member, created } = await this.invitations.add(caller.userId, room, userId);
    response.status(created ? 201 : 200);
    return member;
  }

  @Delete('rooms/:room/members/:userId')
  @SignedIn('chat:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  removeMember(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: memberParams }) { room, userId }: MemberParams,
  ): Promise<void> {
    return this.rooms.removeMember(caller.userId, room, userId);
  }

  @Get('rooms/:room/messages')
  @SignedIn('chat:read')
  @ApiOkResponse({ standardSchema: messagePageSchema })
  listMessages(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: roomParams }) { room }: RoomParams,
    @Query({ schema: listMessagesSchema }) request: ListMessagesRequest,
  ): Promise<Page<MessageData>> {
    return this.messages.list(caller.userId, room, request);
  }

  /** 201 for a new message, 200 for the repeat of a clientMessageId. */
  @Post('rooms/:room/messages')
  @SignedIn('chat:write')
  @Idempotent()
  @ApiOkResponse({ standardSchema: messageResponseSchema })
  @ApiCreatedResponse({ standardSchema: messageResponseSchema })
  async send(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: roomParams }) { room }: RoomParams,
    @Body({ schema: sendMessageSchema }) request: SendMessageRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MessageData> {
    const { message, created } = await this.messages.send(caller.userId, room, request);
    response.status(created ? 201 : 200);
    return message;
  }

  @Get('unread')
  @SignedIn('chat:read')
  @ApiOkResponse({ standardSchema: unreadResponseSchema })
  unread(@CurrentPrincipal() caller: Principal): Promise<UnreadResponse> {
    return this.rooms.unread(caller.userId);
  }
}
