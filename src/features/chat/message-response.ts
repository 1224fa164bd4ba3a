import { ERASED_AUTHOR, type MessageData } from '../../contracts/chat.js';
import type { MessageRow } from './chat-messages.repository.js';

/** A message as clients see it. */
export function toMessageResponse(message: MessageRow): MessageData {
  const { id, roomId, seq, authorId, username, name, body, clientMessageId, createdAt } = message;
  return {
    id,
    room: roomId,
    seq,
    author: authorId === null ? ERASED_AUTHOR : { id: authorId, username, name },
    body,
    clientMessageId,
    createdAt: createdAt.toISOString(),
  };
}
