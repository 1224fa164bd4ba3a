// One connected socket: who it is and which streams it is in.

import type { Socket } from 'socket.io';
import type { Credential } from '../../common/auth/authenticator.js';
import type { Principal } from '../../common/auth/principal.js';
import type { EventEnvelope, SocketNotices, TransientEnvelope } from '../../contracts/events.js';
import { SocketBacklog } from './socket-backlog.js';

/** How long a client may take to read its last message before the connection is torn down, in milliseconds. */
const GOODBYE_MS = 2_000;

/** What the handshake found out. */
export interface SocketIdentity {
  readonly principal: Principal;
  readonly credential: Credential;
  /** Address of the client. */
  readonly address: string;
  readonly userAgent: string;
}

/** What Engine.IO's transport holds when it is a WebSocket. */
interface WebSocketChannel extends NodeJS.EventEmitter {
  terminate(): void;
}

/** Kept with the socket; `principal` is what guards and gateways see. */
export interface SocketData {
  principal?: Principal;
  identity?: SocketIdentity;
  session?: SocketSession;
}

export type ServerSocket = Socket<
  Record<string, never>,
  Record<string, (payload: unknown) => void>,
  Record<string, never>,
  SocketData
>;

export class SocketSession {
  readonly id: string;
  readonly userId: string;
  readonly address: string;
  readonly userAgent: string;
  /** Streams it is in, or is on its way into. */
  readonly streams = new Set<string>();
  /** What its client has not read yet. */
  readonly backlog: SocketBacklog;
  private current: Principal;
  private currentCredential: Credential;
  private ended = false;

  constructor(
    private readonly socket: ServerSocket,
    identity: SocketIdentity,
  ) {
    this.id = socket.id;
    this.userId = identity.principal.userId;
    this.address = identity.address;
    this.userAgent = identity.userAgent;
    this.current = identity.principal;
    this.currentCredential = identity.credential;
    this.backlog = new SocketBacklog(socket.conn);
    socket.data.principal = identity.principal;
  }

  get principal(): Principal {
    return this.current;
  }

  get credential(): Credential {
    return this.currentCredential;
  }

  /** True once the socket is gone or was cut. */
  get isOver(): boolean {
    return this.ended || this.socket.disconnected;
  }

  /** Whether its credential opens the stream: a key needs the scope that reading it by HTTP takes. */
  mayHear(stream: string): boolean {
    const { scopes } = this.current;
    return scopes === null || scopes.has(stream.startsWith('user:') ? 'notifications:read' : 'chat:read');
  }

  /** Lives on as `principal`, who is the same user. */
  become(principal: Principal, credential: Credential): void {
    this.current = principal;
    this.currentCredential = credential;
    this.socket.data.principal = principal;
  }

  send(envelope: EventEnvelope | TransientEnvelope): void {
    this.socket.emit(envelope.type, envelope);
  }

  notify<Name extends keyof SocketNotices>(name: Name, notice: SocketNotices[Name]): void {
    this.socket.emit(name, notice);
  }

  enterRoom(stream: string): void {
    if (!this.isOver) void this.socket.join(stream);
  }

  leaveRoom(stream: string): void {
    void this.socket.leave(stream);
  }

  /** Says why, and ends the connection for good: the client does not come back by itself. */
  cut(code: string, reason: string): void {
    if (!this.sayGoodbye(code, reason)) return;
    this.socket.disconnect(true);
    this.insist();
  }

  /** Says why, and closes the connection; the client comes back by itself, and reads on by `sync`. */
  interrupt(code: string, reason: string): void {
    if (!this.sayGoodbye(code, reason)) return;
    this.socket.conn.close();
    this.insist();
  }

  /** Breaks the connection like a bad network does: the client comes back by itself. */
  drop(): void {
    this.ended = true;
    this.socket.conn.close(true);
  }

  /** Closes the connection once what was sent has gone out; the client comes back by itself, elsewhere. */
  leaveGently(): void {
    this.ended = true;
    this.socket.conn.close();
  }

  private sayGoodbye(code: string, reason: string): boolean {
    if (this.ended) return false;
    this.notify('session.closed', { code, reason });
    this.ended = true;
    return true;
  }

  /** Who does not read does not keep the connection, nor what is on its way. */
  private insist(): void {
    const { conn } = this.socket;
    // The WebSocket below: closing it leaves it half open for 30 s when nobody answers. Polling has none.
    const { socket: channel } = conn.transport as unknown as { socket?: WebSocketChannel };
    const timer = setTimeout(() => {
      conn.close(true);
      channel?.terminate();
    }, GOODBYE_MS).unref();
    (channel ?? conn).once('close', () => clearTimeout(timer));
  }
}
