import type { RoomData } from '../../contracts/chat.js';
import type { RoomView } from './chat-rooms.repository.js';

/** A room as one user sees it. */
export function toRoomResponse({ id, name, kind, createdAt, lastSeq, unread }: RoomView): RoomData {
  return { id, name, kind, createdAt: createdAt.toISOString(), lastSeq, unread };
}
