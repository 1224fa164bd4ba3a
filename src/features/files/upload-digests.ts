// What this process knows of the bytes it has passed on: their hash and their beginning, so that a finished
// upload need not be read again. A restart loses it, and another process has its own.

import { createHash, type Hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { HEAD_BYTES } from './file-types.js';

/** Beyond this many uploads at once, the longest untouched ones are read again when they finish. */
const MOST_UPLOADS = 2_000;

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

@Injectable()
export class UploadDigests {
  private readonly digests = new LRUCache<string, RunningDigest>({ max: MOST_UPLOADS });

  /** The digest of exactly the first `size` bytes of an upload, if this process has it; a new one for none. */
  at(uploadId: string, size: number): RunningDigest | undefined {
    const known = this.digests.get(uploadId);
    if (known?.size === size) return known;
    return size === 0 ? new RunningDigest() : undefined;
  }

  set(uploadId: string, digest: RunningDigest): void {
    this.digests.set(uploadId, digest);
  }

  forget(uploadId: string): void {
    this.digests.delete(uploadId);
  }
}
