import { SubscribeMessage } from '@nestjs/websockets';
import { SignedIn } from '../../common/auth/access.decorator.js';
import {
  CurrentReply,
  CurrentSession,
  EventBody,
  JsonBody,
  SocketGateway,
} from '../../infra/realtime/socket-gateway.decorator.js';
import type { EventReply } from '../../infra/realtime/event-reply.js';
import type { SocketSession } from '../../infra/realtime/socket-session.js';
import { StreamSync } from '../../infra/realtime/stream-sync.js';
import { echoSchema, syncSchema, type SyncRequest } from './events.dto.js';

/** Trying a socket out, and catching up after an absence. */
@SocketGateway()
export class EventsGateway {
  constructor(private readonly sync: StreamSync) {}

  @SubscribeMessage('echo')
  @SignedIn('any')
  echo(@JsonBody(echoSchema) payload: unknown): unknown {
    return payload;
  }

  /** Acknowledges by itself, between the last replayed event and the first live one. */
  @SubscribeMessage('sync')
  @SignedIn('any')
  async catchUp(
    @CurrentSession() session: SocketSession,
    @CurrentReply() reply: EventReply,
    @EventBody(syncSchema) { since }: SyncRequest,
  ): Promise<void> {
    await this.sync.run(session, new Map(Object.entries(since)), (result) => reply.succeed(result));
  }
}
