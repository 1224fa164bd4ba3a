// Hash, size and beginning of bytes, taken while they pass.

import { createHash, type Hash } from 'node:crypto';
import { HEAD_BYTES } from './file-types.js';

export class RunningDigest {
  private readonly hash: Hash = createHash('sha256');
  private readonly head: Uint8Array[] = [];
  private seen = 0;

  /** How many bytes it covers, from the first on. */
  get size(): number {
    return this.seen;
  }

  /** Passes `bytes` on and takes them in. */
  async *follow(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      this.update(chunk);
      yield chunk;
    }
  }

  /** Takes `chunk` in as the next bytes. */
  update(chunk: Uint8Array): void {
    // A copy: the chunk's memory may be used again.
    if (this.seen < HEAD_BYTES) this.head.push(Uint8Array.from(chunk.subarray(0, HEAD_BYTES - this.seen)));
    this.hash.update(chunk);
    this.seen += chunk.length;
  }

  /** The SHA-256 and the first HEAD_BYTES of what it covers; it goes on after. */
  result(): { sha256: Buffer; head: Buffer } {
    return { sha256: this.hash.copy().digest(), head: Buffer.concat(this.head) };
  }
}
