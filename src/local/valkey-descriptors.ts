// The socket calls of the WebAssembly Valkey. Its whole event loop is inside; it asks here which descriptor is
// ready, and reads and writes them without ever waiting. (The package's own version of this file hands out
// descriptors for ever, buffers without limit and steps too seldom.)

const FIRST_DESCRIPTOR = 4096;
const READABLE = 1;
const WRITABLE = 2;
/** What read() and write() return for "try again later" and "broken". */
const NOTHING_YET = -1;
const BROKEN = -1;

/** One client, on the network or inside this process. */
export interface Peer {
  /** Bytes received and not yet read by Valkey. */
  readonly incoming: Buffer[];
  /** No more bytes will come. */
  ended: boolean;
  /** Nothing can be sent any more. */
  closed: boolean;
  /** Whether to hold back what Valkey wants to send; Valkey then counts it against its own limit for the client. */
  isFull(): boolean;
  send(bytes: Buffer): void;
  /** Valkey is done with this client. */
  close(): void;
}

export class ValkeyDescriptors {
  /** Whether the last pass of the event loop did anything. */
  active = false;
  /** The port Valkey was told to listen on was opened. */
  listening = false;

  private readonly peers = new Map<number, Peer>();
  private readonly unused: number[] = [];
  private readonly waiting: number[] = [];
  private nextDescriptor = FIRST_DESCRIPTOR;
  private listener = -1;
  private view = Buffer.alloc(0);

  constructor(private readonly memory: () => WebAssembly.Memory) {}

  /** Offers `peer` to Valkey, which accepts it in the next pass. */
  connect(peer: Peer): void {
    const descriptor = this.allocate();
    this.peers.set(descriptor, peer);
    this.waiting.push(descriptor);
  }

  /** All clients Valkey has not closed yet. */
  connected(): Peer[] {
    return [...this.peers.values()];
  }

  /** The functions that valkey.wasm imports as "host". */
  readonly imports = {
    socket: () => this.allocate(),
    listen: (descriptor: number) => {
      this.listener = descriptor;
      this.listening = true;
      return 0;
    },
    accept: () => this.waiting.shift() ?? NOTHING_YET,
    read: (descriptor: number, address: number, length: number) => this.read(descriptor, address, length),
    write: (descriptor: number, address: number, length: number) => this.write(descriptor, address, length),
    close: (descriptor: number) => this.close(descriptor),
    poll: (interest: number, count: number, fired: number, limit: number) =>
      this.poll(interest, count, fired, limit),
  };

  /** The lowest numbers are used again first: Valkey walks over all up to the highest in each pass. */
  private allocate(): number {
    return this.unused.pop() ?? this.nextDescriptor++;
  }

  /** Valkey's memory; growing replaces the buffer beneath it. */
  private bytes(): Buffer {
    const { buffer } = this.memory();
    if (this.view.buffer !== buffer) this.view = Buffer.from(buffer);
    return this.view;
  }

  private read(descriptor: number, address: number, length: number): number {
    const peer = this.peers.get(descriptor);
    if (!peer) return NOTHING_YET;
    let written = 0;
    for (let head = peer.incoming[0]; head && written < length; head = peer.incoming[0]) {
      const count = head.copy(this.bytes(), address + written, 0, Math.min(head.length, length - written));
      written += count;
      if (count === head.length) peer.incoming.shift();
      else peer.incoming[0] = head.subarray(count);
    }
    if (written > 0) return written;
    return peer.ended ? 0 : NOTHING_YET;
  }

  private write(descriptor: number, address: number, length: number): number {
    const peer = this.peers.get(descriptor);
    if (!peer || peer.closed) return BROKEN;
    if (peer.isFull()) return 0;
    this.active = true;
    peer.send(Buffer.from(this.bytes().subarray(address, address + length)));
    return length;
  }

  private close(descriptor: number): void {
    const peer = this.peers.get(descriptor);
    if (!peer) return;
    this.active = true;
    this.peers.delete(descriptor);
    this.unused.push(descriptor);
    peer.close();
  }

  private poll(interest: number, count: number, fired: number, limit: number): number {
    const bytes = this.bytes();
    let ready = 0;
    for (let index = 0; index < count && ready < limit; index += 1) {
      const descriptor = bytes.readInt32LE(interest + index * 8);
      const mask = this.readiness(descriptor) & bytes.readInt32LE(interest + index * 8 + 4);
      if (mask === 0) continue;
      bytes.writeInt32LE(descriptor, fired + ready * 8);
      bytes.writeInt32LE(mask, fired + ready * 8 + 4);
      ready += 1;
    }
    if (ready > 0) this.active = true;
    return ready;
  }

  private readiness(descriptor: number): number {
    if (descriptor === this.listener) return this.waiting.length > 0 ? READABLE : 0;
    const peer = this.peers.get(descriptor);
    if (!peer) return 0;
    return (peer.incoming.length > 0 || peer.ended ? READABLE : 0) | (peer.isFull() ? 0 : WRITABLE);
  }
}
