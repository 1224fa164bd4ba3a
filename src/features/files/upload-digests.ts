// What this process knows of the bytes it has passed on: their hash and their beginning, so that a finished
// upload need not be read again. A restart loses it, and another process has its own.

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { RunningDigest } from './running-digest.js';

/** Beyond this many uploads at once, the longest untouched ones are read again when they finish. */
const MOST_UPLOADS = 2_000;

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
