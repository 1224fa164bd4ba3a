// What the chat says over HTTP, sockets and the event log alike.

export const ROOM_KINDS = ['public', 'private'] as const;
export type RoomKind = (typeof ROOM_KINDS)[number];

/** The room that everybody is in; nobody has a row of membership for it. */
export const GLOBAL_ROOM_ID = 'ffffffff-ffff-7fff-bfff-ffffffffffff';

/** The author of messages whose account is gone. */
export const ERASED_AUTHOR = {
  id: '00000000-0000-0000-0000-000000000000',
  username: null,
  name: null,
} as const;

export interface RoomData {
  id: string;
  name: string;
  kind: RoomKind;
  createdAt: string;
  /** Of the newest message, 0 without any. */
  lastSeq: number;
  /** Messages of others that the reader has not read; 0 in a room they are not in. */
  unread: number;
}

export interface MessageData {
  id: string;
  /** Id of the room. */
  room: string;
  /** The place in the room, and the `seq` of the message's event. */
  seq: number;
  author: { id: string; username: string | null; name: string | null };
  /** Empty when the account of the author is gone. */
  body: string;
  clientMessageId: string | null;
  createdAt: string;
}

/** Data of `chat.read`. */
export interface ReadData {
  room: string;
  userId: string;
  seq: number;
}

/** Data of `chat.typing`, `presence.joined` and `presence.left`. */
export interface RoomUserData {
  room: string;
  userId: string;
  username: string | null;
}
