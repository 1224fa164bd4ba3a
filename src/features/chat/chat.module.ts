import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { ChatController } from './chat.controller.js';
import { ChatErasure } from './chat-erasure.js';
import { ChatGateway } from './chat.gateway.js';
import { ChatInvitationsService } from './chat-invitations.service.js';
import { ChatMessagesRepository } from './chat-messages.repository.js';
import { ChatMessagesService } from './chat-messages.service.js';
import { ChatRoomsRepository } from './chat-rooms.repository.js';
import { ChatRoomsService } from './chat-rooms.service.js';
import { KnownRooms } from './known-rooms.js';
import { MessageBatches } from './message-batches.js';
import { MessageStore } from './message-store.js';
import { PresenceRegistry } from './presence-registry.js';
import { Presence } from './presence.js';
import { Usernames } from './usernames.js';

@Module({
  imports: [UsersModule],
  controllers: [ChatController],
  providers: [
    ChatRoomsService,
    ChatRoomsRepository,
    ChatInvitationsService,
    ChatMessagesService,
    ChatMessagesRepository,
    ChatErasure,
    ChatGateway,
    KnownRooms,
    MessageBatches,
    MessageStore,
    Presence,
    PresenceRegistry,
    Usernames,
  ],
  exports: [ChatRoomsService, ChatMessagesService],
})
export class ChatModule {}
