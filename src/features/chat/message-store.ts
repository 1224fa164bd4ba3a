// Stores what arrived together for one room in one transaction, each message with a fate of its own.

import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import type { MessageData } from '../../contracts/chat.js';
import { roomStream } from '../../contracts/events.js';
import { Database } from '../../infra/database/database.js';
import { Events } from '../../infra/events/events.js';
import {
  ChatMessagesRepository,
  type Author,
  type HeldRoom,
  type NewMessage,
} from './chat-messages.repository.js';
import { toMessageResponse } from './message-response.js';

/** The message as it is stored, and whether it is there since this call. */
export interface SentMessage {
  readonly message: MessageData;
  readonly created: boolean;
}

/** What became of each message of a batch, in its order. */
export type Fate = SentMessage | AppError;

@Injectable()
export class MessageStore {
  constructor(
    private readonly database: Database,
    private readonly messages: ChatMessagesRepository,
    private readonly events: Events,
  ) {}

  /**
   * Stores messages and their events, in order and with consecutive `seq`. A repeat of a clientMessageId gets
   * the message that is there. Fates may be room_not_found, not_room_member and user_not_found.
   * @throws AppError conflict when a clientMessageId was used at the same time in another room
   */
  store(roomId: string, batch: readonly NewMessage[]): Promise<Fate[]> {
    return this.database.transaction(async () => {
      const authors = await this.authorsOf(roomId, batch);
      const room = await this.messages.hold(roomId);
      if (!room) return batch.map(() => new AppError('room_not_found'));
      const known = await this.sentBefore(batch);
      const fates = batch.map((message) => decide(message, authors, room, known));
      const fresh = fates.filter((fate): fate is Accepted => fate instanceof Accepted);
      if (fresh.length > 0) await this.insert(roomId, room, fresh);
      return fates.map((fate) => (fate instanceof Accepted ? fate.outcome() : toFate(fate)));
    });
  }

  private async authorsOf(roomId: string, batch: readonly NewMessage[]): Promise<Map<string, Author>> {
    const ids = [...new Set(batch.map(({ authorId }) => authorId))];
    const authors = await this.messages.holdAuthors(roomId, ids);
    return new Map(authors.map((author) => [author.id, author]));
  }

  private async sentBefore(batch: readonly NewMessage[]): Promise<Map<string, MessageData | Accepted>> {
    const named = batch.flatMap(({ authorId, clientMessageId }) =>
      clientMessageId === null ? [] : [{ authorId, clientMessageId }],
    );
    const rows = named.length === 0 ? [] : await this.messages.findByClientId(named);
    return new Map(
      rows.map((row) => [nameOf(row.authorId ?? '', row.clientMessageId ?? ''), toMessageResponse(row)]),
    );
  }

  private async insert(roomId: string, room: HeldRoom, fresh: readonly Accepted[]): Promise<void> {
    const stored = fresh.map((accepted, index) => accepted.place(roomId, room.lastSeq + index + 1, room.now));
    await this.messages.insert(
      roomId,
      room,
      fresh.map(({ message }) => message),
    );
    const events = await this.events.appendAll(roomStream(roomId), 'chat.message', stored);
    if (events[0]?.seq !== stored[0]?.seq) throw new Error(`room ${roomId} and its stream differ`);
  }
}

/** A message that is about to be stored; later ones of the batch may be repeats of it. */
class Accepted {
  private stored: MessageData | undefined;

  constructor(
    readonly message: NewMessage,
    private readonly author: Author,
  ) {}

  place(room: string, seq: number, at: Date): MessageData {
    const { id, body, clientMessageId } = this.message;
    const { id: authorId, username, name } = this.author;
    const author = { id: authorId, username, name };
    return (this.stored = { id, room, seq, author, body, clientMessageId, createdAt: at.toISOString() });
  }

  outcome(created = true): SentMessage {
    if (!this.stored) throw new Error('the message has no place yet');
    return { message: this.stored, created };
  }
}

class Repeat {
  constructor(readonly of: MessageData | Accepted) {}
}

function decide(
  message: NewMessage,
  authors: ReadonlyMap<string, Author>,
  room: HeldRoom,
  known: Map<string, MessageData | Accepted>,
): Accepted | Repeat | AppError {
  const author = authors.get(message.authorId);
  if (!author) return new AppError('user_not_found');
  if (!author.isMember) return new AppError(room.kind === 'private' ? 'room_not_found' : 'not_room_member');
  if (message.clientMessageId === null) return new Accepted(message, author);
  const name = nameOf(author.id, message.clientMessageId);
  const earlier = known.get(name);
  if (earlier) return new Repeat(earlier);
  const accepted = new Accepted(message, author);
  known.set(name, accepted);
  return accepted;
}

function toFate(fate: Repeat | AppError): Fate {
  if (fate instanceof AppError) return fate;
  return fate.of instanceof Accepted ? fate.of.outcome(false) : { message: fate.of, created: false };
}

function nameOf(authorId: string, clientMessageId: string): string {
  return `${authorId} ${clientMessageId}`;
}
