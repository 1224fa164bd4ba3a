// The rules of messages: sending and reading them.

import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Page } from '../../common/http/pages.js';
import { readCursor, toPage } from '../../common/http/pages.js';
import type { MessageData } from '../../contracts/chat.js';
import { Counts } from '../../infra/statistics/counts.decorator.js';
import type { ListMessagesRequest, SendMessageRequest } from './chat.dto.js';
import { ChatMessagesRepository, type MessageRow } from './chat-messages.repository.js';
import { ChatRoomsService } from './chat-rooms.service.js';
import { KnownRooms } from './known-rooms.js';
import { MessageBatches } from './message-batches.js';
import { toMessageResponse } from './message-response.js';
import type { SentMessage } from './message-store.js';

const ORDER = 'messages';
const positionSchema = z.tuple([z.enum(['older', 'newer']), z.int().min(0)]);

interface Reading {
  readonly direction: 'older' | 'newer';
  /** Not itself part of what is read. */
  readonly from: number;
}

@Injectable()
export class ChatMessagesService {
  constructor(
    private readonly rooms: ChatRoomsService,
    private readonly knownRooms: KnownRooms,
    private readonly messages: ChatMessagesRepository,
    private readonly batches: MessageBatches,
  ) {}

  /**
   * Stores a message and tells the room. With a clientMessageId that the author has used before, the message
   * that it stands for, and nothing new.
   * @throws AppError room_not_found, not_room_member, overloaded, service_unavailable
   */
  async send(authorId: string, reference: string, request: SendMessageRequest): Promise<SentMessage> {
    const { body, clientMessageId = null } = request;
    const roomId = await this.knownRooms.idOf(reference);
    return this.batches.add(roomId, { id: uuidv7(), authorId, body, clientMessageId });
  }

  /**
   * Messages of a room, ascending by `seq`; the newest when the request does not say where. The cursor goes on
   * in the same direction.
   * @throws AppError room_not_found, validation_failed for a wrong cursor
   */
  async list(userId: string, reference: string, request: ListMessagesRequest): Promise<Page<MessageData>> {
    const { id, lastSeq } = await this.rooms.visible(userId, reference);
    const { direction, from } = readingOf(request, lastSeq);
    const rows = await this.messages[direction === 'older' ? 'before' : 'after'](id, from, request.limit + 1);
    const position = ({ seq }: MessageRow): [string, number] => [direction, seq];
    const { items, nextCursor } = toPage(rows, request.limit, ORDER, position, toMessageResponse);
    return { items: direction === 'older' ? items.reverse() : items, nextCursor };
  }

  /** How many messages there are. */
  @Counts('messages')
  count(): Promise<number> {
    return this.messages.count();
  }
}

function readingOf({ before, after, offset = 0, cursor }: ListMessagesRequest, lastSeq: number): Reading {
  const position = readCursor(cursor, ORDER, positionSchema);
  if (position) return { direction: position[0], from: position[1] };
  if (after !== undefined) return { direction: 'newer', from: after };
  // Every place up to the newest is taken, so leaving out the newest ones is a matter of arithmetic.
  return { direction: 'older', from: before ?? Math.max(0, lastSeq + 1 - offset) };
}
