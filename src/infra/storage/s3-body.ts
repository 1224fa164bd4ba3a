import type { Readable } from 'node:stream';
import { AppError } from '../../common/errors/app-error.js';
import { interruptible } from './interruptible.js';

/** Between two chunks that someone waits for. */
const SILENT_MS = 15_000;

/** The bytes of an answer of the store; a connection that breaks or falls silent is an error of the store. */
export class S3Body implements AsyncIterable<Uint8Array> {
  constructor(
    private readonly stream: Readable,
    private readonly signal: AbortSignal | undefined,
  ) {
    // Between two reads nobody else would hear of a broken connection; the next read does.
    stream.on('error', () => undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* interruptible(this.stream as AsyncIterable<Uint8Array>, {
        signal: this.signal,
        silentMs: SILENT_MS,
      });
    } catch (error) {
      this.signal?.throwIfAborted();
      throw new AppError('service_unavailable', { cause: error });
    } finally {
      this.destroy();
    }
  }

  /** Ends the connection, unless all has been read. */
  destroy(): void {
    this.stream.destroy();
  }
}
