// The body of a PATCH as it comes from the socket, to be ended in good order by either side.

import type { Request } from 'express';
import { AppError } from '../../common/errors/app-error.js';

/**
 * The pieces of a body. When they are not taken to their end, the connection stays open for the answer.
 * @param limit most bytes that may come
 * @param end aborted: no more pieces, as if the body had ended here
 * @throws AppError payload_too_large, before the piece that would be too much; request_aborted when the client
 *   is gone
 */
export async function* piecesOf(request: Request, limit: number, end: AbortSignal): AsyncGenerator<Buffer> {
  const pieces = request.iterator({ destroyOnReturn: false });
  let received = 0;
  for (;;) {
    const piece = await nextOf(pieces, end);
    if (piece === undefined) return;
    received += piece.length;
    if (received > limit) {
      throw new AppError('payload_too_large', {
        detail: 'More bytes than the upload was announced to have.',
      });
    }
    yield piece;
  }
}

/** The next piece; undefined at the end, or when `end` is aborted before it comes. */
async function nextOf(pieces: AsyncIterator<Buffer>, end: AbortSignal): Promise<Buffer | undefined> {
  if (end.aborted) return undefined;
  let stop = (): void => undefined;
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    end.addEventListener('abort', stop, { once: true });
  });
  try {
    const step = await Promise.race([pieces.next(), stopped]);
    return step === undefined || step.done ? undefined : step.value;
  } catch (cause) {
    throw new AppError('request_aborted', { cause });
  } finally {
    end.removeEventListener('abort', stop);
  }
}
