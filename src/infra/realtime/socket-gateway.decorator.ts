// What gateways are made of: see realtime.ts for how one looks.

import {
  applyDecorators,
  createParamDecorator,
  Injectable,
  UseFilters,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import { MessageBody, WebSocketGateway } from '@nestjs/websockets';
import type { ZodType } from 'zod';
import { refuseUnsafeJson } from '../../common/http/json-safety.js';
import { AckErrorFilter } from './ack-error.filter.js';
import type { EventReply } from './event-reply.js';
import type { ServerSocket, SocketSession } from './socket-session.js';

/** The socket an event came over, as far as a feature may know it. */
export interface ClientSocket {
  readonly id: string;
}

/** A class whose `@SubscribeMessage()` methods answer client events. */
export function SocketGateway(): ClassDecorator {
  return applyDecorators(Injectable(), WebSocketGateway(), UseFilters(AckErrorFilter));
}

@Injectable()
class StorableJsonPipe implements PipeTransform {
  /** @throws AppError validation_failed for what must not reach the database */
  transform<Value>(value: Value): Value {
    refuseUnsafeJson(value);
    return value;
  }
}

/** The payload of the event, checked by `schema`; a bad one is acked as validation_failed. */
export function EventBody(schema: ZodType): ParameterDecorator {
  return MessageBody({ schema, pipes: [new StorableJsonPipe()] });
}

/** Like EventBody(), for values that go no further: they may hold what the database cannot. */
export function JsonBody(schema: ZodType): ParameterDecorator {
  return MessageBody({ schema });
}

/** Hands the socket's session to a gateway method of the platform itself. */
export const CurrentSession = createParamDecorator(
  (_data: unknown, context: ExecutionContext): SocketSession | undefined =>
    context.switchToWs().getClient<ServerSocket>().data.session,
);

/** Hands over the acknowledgement, for a method that sends it itself. */
export const CurrentReply = createParamDecorator(
  // The dispatcher passes it beside the payload.
  (_data: unknown, context: ExecutionContext): EventReply => context.getArgByIndex<EventReply>(2),
);

/** Hands the socket to a gateway method. */
export const CurrentSocket = createParamDecorator((_data: unknown, context: ExecutionContext): ClientSocket =>
  context.switchToWs().getClient<ClientSocket>(),
);
