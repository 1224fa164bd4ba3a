// The socket: each stored event once and in order, whatever the connection does; the server's log fills what was
// missed. Calls wait for their acknowledgement, and chat messages are sent until they are acknowledged.

import { io, type Socket } from 'socket.io-client';
import { roomStream } from './generated/events.js';
import type {
  ClientEventType,
  ClientEventTypes,
  EventAck,
  EventEnvelope,
  EventType,
  EventTypes,
  MessageData,
  SocketNotices,
  TransientEnvelope,
  TransientEventType,
  TransientEventTypes,
} from './generated/events.js';
import { MilepostError } from './problem.js';
import type { Session } from './session.js';
import { StreamPositions } from './stream-positions.js';

/** What is told apart from events of the server. */
export interface RealtimeNotices {
  /** `connected` comes when everything missed has been heard. */
  state: 'connecting' | 'connected' | 'disconnected';
  /** Events of a stream before `from` are no longer kept: read the resources again. */
  gap: { stream: string; from: number };
  /** The server has ended the session; the socket stays closed until `connect()`. */
  closed: SocketNotices['session.closed'];
  /** The handshake was refused. */
  refused: MilepostError;
}

type Events = { [Type in EventType]: EventEnvelope<Type> } & {
  [Type in TransientEventType]: TransientEnvelope<Type>;
} & RealtimeNotices;

export interface RealtimeOptions {
  /** `seq` per stream that was heard last, as `positions` gave it: the events since then come first. */
  readonly since?: Readonly<Record<string, number>>;
  /** For an acknowledgement, in milliseconds; default 10,000. */
  readonly timeoutMs?: number;
}

/** Codes of a handshake after which a fresh token may help. */
const EXPIRED = new Set(['token_expired', 'unauthorized', 'token_invalid']);

export class Realtime {
  private readonly socket: Socket;
  private readonly streams: StreamPositions;
  private readonly listeners = new Map<string, Set<(value: never) => void>>();
  private readonly timeoutMs: number;
  private readonly stopListening: () => void;
  private syncing: Promise<void> | undefined;

  constructor(
    baseUrl: string,
    private readonly session: Session,
    options: RealtimeOptions = {},
  ) {
    this.timeoutMs = options.timeoutMs ?? 10_000;
    this.streams = new StreamPositions(options.since);
    this.socket = io(baseUrl, {
      autoConnect: false,
      withCredentials: session.credentials.kind === 'cookie',
      auth: (give) => give(session.handshake()),
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: 250,
      reconnectionDelayMax: 5_000,
    });
    this.socket.on('connection', (notice: SocketNotices['connection']) => this.begun(notice));
    this.socket.on('disconnect', () => this.tell('state', 'disconnected'));
    this.socket.on('connect_error', (error) => void this.refused(error));
    this.socket.on('session.closed', (notice: SocketNotices['session.closed']) => void this.closed(notice));
    this.socket.on('replay.gap', ({ stream, from }: SocketNotices['replay.gap']) => {
      this.streams.skipTo(stream, from);
      this.tell('gap', { stream, from });
    });
    this.socket.onAny((type: string, envelope: unknown) => this.heard(type, envelope));
    this.stopListening = session.onChange((state) => {
      const token = session.accessToken;
      if (state === 'signed-out') this.socket.disconnect();
      else if (this.socket.connected && token)
        void this.emit('auth.refresh', { token }).catch(() => undefined);
    });
  }

  /** The last `seq` heard of each stream: keep it to go on from there in another process. */
  get positions(): Readonly<Record<string, number>> {
    return this.streams.all();
  }

  get connected(): boolean {
    return this.socket.connected;
  }

  connect(): void {
    this.tell('state', 'connecting');
    this.socket.connect();
  }

  disconnect(): void {
    this.socket.disconnect();
  }

  /** For good: the listener on the session goes, too. */
  close(): void {
    this.stopListening();
    this.socket.disconnect();
    this.listeners.clear();
  }

  /** Calls `listener` for each such event; stored ones in order and once. Returns what stops it. */
  on<Type extends keyof Events>(type: Type, listener: (value: Events[Type]) => void): () => void {
    const listeners = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /**
   * Sends a client event and resolves with what its acknowledgement holds.
   * @throws MilepostError the server's code, or `network_error` without an acknowledgement in time
   */
  async emit<Type extends ClientEventType>(
    type: Type,
    payload: ClientEventTypes[Type]['payload'],
  ): Promise<ClientEventTypes[Type]['data']> {
    let ack: EventAck;
    try {
      ack = (await this.socket.timeout(this.timeoutMs).emitWithAck(type, payload)) as EventAck;
    } catch (cause) {
      throw new MilepostError('network_error', 'The server has not acknowledged in time.', 0, undefined, {
        cause,
      });
    }
    if (!ack.ok) throw new MilepostError(ack.error.code, ack.error.detail);
    const { data } = ack;
    if (type === 'room.join') {
      const { room, seq } = data as ClientEventTypes['room.join']['data'];
      this.streams.learn({ [roomStream(room.id)]: seq });
    }
    return data;
  }

  /**
   * Sends a chat message until the server has acknowledged it, over as many connections as it takes: the same
   * `clientMessageId` each time, so that it is stored once.
   * @param signal gives up; the message may have been stored all the same
   */
  async sendMessage(
    message: { room: string; body: string; clientMessageId?: string },
    signal?: AbortSignal,
  ): Promise<MessageData> {
    const payload = { clientMessageId: crypto.randomUUID(), ...message };
    for (;;) {
      signal?.throwIfAborted();
      await this.whenConnected(signal);
      try {
        return (await this.emit('chat.send', payload)).message;
      } catch (error) {
        if (!(error instanceof MilepostError)) throw error;
        if (error.code === 'rate_limited') await new Promise((resolve) => setTimeout(resolve, 1_000));
        else if (error.code !== 'network_error' && error.code !== 'unavailable') throw error;
      }
    }
  }

  private whenConnected(signal?: AbortSignal): Promise<void> {
    if (this.socket.connected) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.socket.off('connect', connected);
        reject(signal?.reason as Error);
      };
      const connected = (): void => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      this.socket.once('connect', connected);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  private begun({ streams }: SocketNotices['connection']): void {
    this.streams.learn(streams);
    this.catchUp();
  }

  private heard(type: string, value: unknown): void {
    if (!isEnvelope(value)) return;
    if (value.seq === null) return this.tell(type as TransientEventType, value as never);
    const place = this.streams.place(value.stream, value.seq);
    if (place === 'next') this.tell(type as EventType, value as never);
    // Something is missing before it; during a catch-up it comes once more in its turn.
    else if (place === 'later') this.catchUp();
  }

  /** Asks for everything after what was heard; again when the connection ended meanwhile. */
  private catchUp(): void {
    this.syncing ??= this.emit('sync', { since: { ...this.streams.all() } })
      .then(({ refused }) => {
        for (const stream of refused) this.streams.forget(stream);
        this.tell('state', 'connected');
      })
      .catch((error: unknown) => {
        // Whoever misses an event must not go on as if nothing were: the next connection asks again.
        if (this.socket.connected) this.socket.disconnect().connect();
        if (!(error instanceof MilepostError)) throw error;
      })
      .finally(() => (this.syncing = undefined));
  }

  private async refused(error: Error & { data?: { code?: string; detail?: string } }): Promise<void> {
    const code = error.data?.code;
    // No answer from a server: the socket tries again by itself.
    if (code === undefined) return this.tell('state', 'disconnected');
    if (EXPIRED.has(code) && (await this.session.refresh().catch(() => false))) this.socket.connect();
    else this.tell('refused', new MilepostError(code, error.data?.detail ?? error.message, 401));
  }

  private async closed(notice: SocketNotices['session.closed']): Promise<void> {
    if (EXPIRED.has(notice.code) && (await this.session.refresh().catch(() => false))) this.socket.connect();
    else this.tell('closed', notice);
  }

  private tell<Type extends keyof Events>(type: Type, value: Events[Type]): void {
    for (const listener of this.listeners.get(type) ?? []) (listener as (value: Events[Type]) => void)(value);
  }
}

function isEnvelope(value: unknown): value is { stream: string; seq: number | null } {
  return (
    typeof value === 'object' && value !== null && 'stream' in value && 'seq' in value && 'data' in value
  );
}

/** Types of the events that are stored, and of those that are only told. */
export type { EventTypes, TransientEventTypes };
