import { SubscribeMessage } from '@nestjs/websockets';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { roomStream, type ClientEventTypes } from '../../contracts/events.js';
import { Realtime } from '../../infra/realtime/realtime.js';
import {
  CurrentSocket,
  EventBody,
  SocketGateway,
  type ClientSocket,
} from '../../infra/realtime/socket-gateway.decorator.js';
import {
  readEventSchema,
  roomEventSchema,
  sendEventSchema,
  type ReadEvent,
  type RoomEvent,
  type SendEvent,
} from './chat.dto.js';
import { ChatMessagesService } from './chat-messages.service.js';
import { ChatRoomsService } from './chat-rooms.service.js';
import { Usernames } from './usernames.js';

type Ack<Type extends keyof ClientEventTypes> = Promise<ClientEventTypes[Type]['data']>;

/** The chat over sockets; what it does is what the routes do. */
@SocketGateway()
export class ChatGateway {
  constructor(
    private readonly rooms: ChatRoomsService,
    private readonly messages: ChatMessagesService,
    private readonly usernames: Usernames,
    private readonly realtime: Realtime,
  ) {}

  @SubscribeMessage('room.join')
  @SignedIn('chat:write')
  async join(
    @CurrentPrincipal() caller: Principal,
    @EventBody(roomEventSchema) { room }: RoomEvent,
  ): Ack<'room.join'> {
    const joined = await this.rooms.join(caller.userId, room);
    return { room: joined, seq: joined.lastSeq };
  }

  @SubscribeMessage('room.leave')
  @SignedIn('chat:write')
  async leave(
    @CurrentPrincipal() caller: Principal,
    @EventBody(roomEventSchema) { room }: RoomEvent,
  ): Ack<'room.leave'> {
    const left = await this.rooms.leave(caller.userId, room);
    return { room: left, seq: left.lastSeq };
  }

  @SubscribeMessage('chat.send')
  @SignedIn('chat:write')
  async send(
    @CurrentPrincipal() caller: Principal,
    @EventBody(sendEventSchema) { room, ...message }: SendEvent,
  ): Ack<'chat.send'> {
    const sent = await this.messages.send(caller.userId, room, message);
    return { message: sent.message };
  }

  @SubscribeMessage('chat.read')
  @SignedIn('chat:write')
  read(
    @CurrentPrincipal() caller: Principal,
    @EventBody(readEventSchema) { room, seq }: ReadEvent,
  ): Ack<'chat.read'> {
    return this.rooms.markRead(caller.userId, room, seq);
  }

  @SubscribeMessage('chat.typing')
  @SignedIn('chat:write')
  async typing(
    @CurrentPrincipal() { userId }: Principal,
    @CurrentSocket() socket: ClientSocket,
    @EventBody(roomEventSchema) { room }: RoomEvent,
  ): Ack<'chat.typing'> {
    const { id } = await this.rooms.joined(userId, room);
    const username = await this.usernames.of(userId);
    const data = { room: id, userId, username };
    this.realtime.broadcast(roomStream(id), 'chat.typing', data, { exceptSocketId: socket.id });
    return { room: id };
  }
}
