// How much of what was sent to a socket waits in this process because its client does not read. Without a limit
// one client that never reads would keep every later event in memory.

import type { Socket } from 'socket.io';

/** As many characters may wait as long as the connection lives; about as many again can be on their way. */
const FEW_CHARACTERS = 1_048_576;
/** More than that only for a moment, as after a burst, in milliseconds. */
const PATIENCE_MS = 2_000;
/** And never more than that. */
const MOST_CHARACTERS = 16 * FEW_CHARACTERS;
/** With less than that waiting a replay goes on. */
const REPLAY_CHARACTERS = 262_144;

type EngineSocket = Socket['conn'];

interface EnginePacket {
  readonly data?: { readonly length: number };
}

export class SocketBacklog {
  private waiting = 0;
  private waitingSince = 0;
  private onTooMuch: (() => void) | undefined;

  /** @param connection emits `packetCreate` before it queues a packet, and `flush` when it sends the queue */
  constructor(private readonly connection: EngineSocket) {
    connection.on('packetCreate', (packet: EnginePacket) => this.add(packet.data?.length ?? 0));
    connection.on('flush', () => (this.waiting = 0));
  }

  /** True when what is sent next should wait for drained(). */
  get isLong(): boolean {
    return this.waiting > REPLAY_CHARACTERS;
  }

  /** Calls `onTooMuch` once, when more is waiting than may. */
  limit(onTooMuch: () => void): void {
    this.onTooMuch = onTooMuch;
  }

  /** Resolves once nothing waits any more; also when the connection is gone. */
  drained(): Promise<void> {
    const { connection } = this;
    if (this.waiting === 0 || connection.readyState !== 'open') return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        connection.off('drain', done);
        connection.off('close', done);
        resolve();
      };
      connection.on('drain', done);
      connection.on('close', done);
    });
  }

  private add(size: number): void {
    if (this.waiting === 0) this.waitingSince = performance.now();
    else if (this.onTooMuch && this.isTooMuch) {
      // After the packet that is about to be queued.
      queueMicrotask(this.onTooMuch);
      this.onTooMuch = undefined;
    }
    this.waiting += size;
  }

  private get isTooMuch(): boolean {
    if (this.waiting <= FEW_CHARACTERS) return false;
    return this.waiting > MOST_CHARACTERS || performance.now() - this.waitingSince > PATIENCE_MS;
  }
}
