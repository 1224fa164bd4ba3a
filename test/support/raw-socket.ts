// A client that speaks no more of Socket.IO over its WebSocket than a test wants: it is cheap, it may stop
// reading, and it sends whatever it is told to.

import WebSocket from 'ws';

/** Types of Engine.IO and Socket.IO packets, as they begin a frame. */
const OPEN = '0';
const PING = '2';
const PONG = '3';
const CONNECT = '40';
const CONNECT_ERROR = '44{';
const EVENT = '42';

export class RawSocket {
  readonly frames: string[] = [];
  /** Resolves when the connection is gone, however it ended. */
  readonly closed: Promise<void>;
  private readonly watchers = new Set<() => void>();

  private constructor(
    private readonly socket: WebSocket,
    token: string,
  ) {
    socket.on('message', (data: Buffer) => {
      const frame = data.toString();
      if (frame === PING) return socket.send(PONG);
      if (frame.startsWith(OPEN)) socket.send(`${CONNECT}${JSON.stringify({ token })}`);
      this.frames.push(frame);
      for (const watcher of [...this.watchers]) watcher();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    void this.closed.then(() => [...this.watchers].forEach((watcher) => watcher()));
  }

  /** Begins to connect with an access token; see accepted() and welcomed(). */
  static to(url: string, token: string): RawSocket {
    const address = `${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`;
    return new RawSocket(new WebSocket(address, { perMessageDeflate: false }), token);
  }

  /** A socket that has heard `connection`. */
  static async open(url: string, token: string): Promise<RawSocket> {
    const socket = RawSocket.to(url, token);
    await socket.welcomed();
    return socket;
  }

  get isClosed(): boolean {
    return this.socket.readyState === WebSocket.CLOSED;
  }

  /** True once either end has begun to close. */
  get isEnding(): boolean {
    return this.socket.readyState !== WebSocket.OPEN;
  }

  /** Waits until the server has taken the credential. */
  accepted(): Promise<string> {
    return this.frame((frame) => frame.startsWith(CONNECT));
  }

  /** Waits for the event `connection`. */
  welcomed(): Promise<string> {
    return this.frame((frame) => frame.startsWith(`${EVENT}["connection"`));
  }

  /** Waits for the first frame that fits; fails when the connection ends, or is refused, before. */
  frame(fits: (frame: string) => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.frames.find(fits);
        const refused = this.frames.find((frame) => frame.startsWith(CONNECT_ERROR));
        if (found === undefined && refused === undefined && !this.isClosed) return;
        this.watchers.delete(look);
        if (found === undefined) reject(new Error(refused ?? 'the connection has ended'));
        else resolve(found);
      };
      this.watchers.add(look);
      look();
    });
  }

  send(packet: string | Buffer): void {
    this.socket.send(packet);
  }

  /** Reads nothing any more: what is sent stays with the sender. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Leaves as the protocol wants it. */
  leave(): Promise<void> {
    this.socket.send('41');
    this.socket.close();
    return this.closed;
  }

  /** Is gone without a word. */
  vanish(): Promise<void> {
    this.socket.terminate();
    return this.closed;
  }
}
