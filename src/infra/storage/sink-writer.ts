// Writing chunk by chunk to a stream that may be slow, or gone.

import type { Writable } from 'node:stream';

/** Writes to one sink, one chunk at a time, until close(). */
export class SinkWriter {
  private fail: ((error: Error) => void) | undefined;
  private failure: Error | undefined;

  private readonly onError = (error: Error): void => this.stop(error);
  private readonly onClose = (): void => this.stop(new PrematureClose());
  private readonly onAbort = (): void => this.stop(this.signal?.reason as Error);

  constructor(
    private readonly sink: Writable,
    private readonly signal: AbortSignal | undefined,
  ) {
    sink.on('error', this.onError);
    sink.on('close', this.onClose);
    signal?.addEventListener('abort', this.onAbort);
    if (signal?.aborted) this.onAbort();
    else if (sink.destroyed) this.onClose();
  }

  /**
   * Resolves when the sink is done with the chunk, so that its memory can be used again.
   * @throws the error of the sink, PrematureClose, or the reason of the signal
   */
  write(chunk: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.failure) {
        reject(this.failure);
        return;
      }
      this.fail = reject;
      this.sink.write(chunk, (error) => (error ? this.stop(error) : resolve()));
    });
  }

  /** Takes the listeners off again; the sink goes on living. */
  close(): void {
    this.sink.off('error', this.onError);
    this.sink.off('close', this.onClose);
    this.signal?.removeEventListener('abort', this.onAbort);
  }

  private stop(error: Error): void {
    this.failure ??= error;
    this.fail?.(this.failure);
  }
}

/** The sink closed before everything was written: whoever reads has gone. */
class PrematureClose extends Error {
  readonly code = 'ERR_STREAM_PREMATURE_CLOSE';

  constructor() {
    super('the reader has gone');
    this.name = 'PrematureClose';
  }
}
