import type { ByteSource } from './object-store.js';

export interface Interruptions {
  readonly signal?: AbortSignal | undefined;
  /** How long the source may be silent; unlimited when not given. */
  readonly silentMs?: number | undefined;
}

/**
 * The chunks of `source`, until `signal` aborts: then the loop over them throws its reason at once, even while
 * the source is silent, and the source is told to end.
 */
export async function* interruptible(
  source: ByteSource,
  { signal, silentMs }: Interruptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted();
  const chunks = source[Symbol.asyncIterator]();
  let interrupt: ((reason: unknown) => void) | undefined;
  const onAbort = (): void => interrupt?.(signal?.reason);
  signal?.addEventListener('abort', onAbort);
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  try {
    for (;;) {
      // Not Promise.race(): with a promise that lives as long as the source it would hold on to every chunk.
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        interrupt = reject;
        if (signal?.aborted) onAbort();
        else chunks.next().then(resolve, reject);
        if (silentMs !== undefined) timer = setTimeout(() => reject(new SourceSilent(silentMs)), silentMs);
      });
      clearTimeout(timer);
      ended = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    // A silent source may never answer, so nobody waits for it.
    if (!ended) void chunks.return?.().catch(() => undefined);
  }
}

export class SourceSilent extends Error {
  constructor(milliseconds: number) {
    super(`no byte came for ${milliseconds} ms`);
    this.name = 'SourceSilent';
  }
}
