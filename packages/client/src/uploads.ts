// Uploads in parts that go on after a cut, by the tus protocol.

import { DetailedError, Upload, type UploadOptions as TusOptions } from 'tus-js-client';
import { MilepostError } from './problem.js';
import type { Session } from './session.js';

export interface UploadOptions {
  readonly filename: string;
  /** Bytes that the server has, of all. */
  readonly onProgress?: (sent: number, total: number) => void;
  /** Stops the upload; it can be resumed by its `uploadUrl` for 24 hours. */
  readonly signal?: AbortSignal;
  /** Of an upload that was broken off, to go on with it. In browsers the last one of the same file is found. */
  readonly uploadUrl?: string;
  /** Told as soon as the server has given the upload a place. */
  readonly onStart?: (uploadUrl: string) => void;
}

/** Small enough to hold in memory outside a browser, which reads the parts from the disk itself. */
const PART = 8 * 1024 * 1024;
const PAUSES = [0, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000];
/** Refusals that another try cannot change. */
const isFinal = (status: number): boolean =>
  status >= 400 && status < 500 && ![401, 409, 423, 429].includes(status);

/**
 * Sends `content` and resolves with the id of the finished file. In Node.js, `openAsBlob()` of node:fs makes a Blob
 * of a file without reading it.
 * @throws MilepostError `quota_exceeded`, `file_too_large`, … or `network_error` after the last try
 */
export async function uploadFile(
  baseUrl: string,
  session: Session,
  content: Blob,
  options: UploadOptions,
): Promise<string> {
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const upload: Upload = new Upload(content, {
      endpoint: `${baseUrl}/api/v1/uploads`,
      ...(options.uploadUrl !== undefined && { uploadUrl: options.uploadUrl }),
      metadata: { filename: options.filename },
      retryDelays: PAUSES,
      removeFingerprintOnSuccess: true,
      ...outsideBrowsers(),
      onBeforeRequest: (request) => {
        for (const [name, value] of Object.entries(session.headers())) request.setHeader(name, value);
        const underlying = request.getUnderlyingObject() as { withCredentials?: boolean } | null;
        if (underlying && session.credentials.kind === 'cookie') underlying.withCredentials = true;
      },
      onAfterResponse: async (_request, response) => {
        if (response.getStatus() === 401) await session.refresh();
      },
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        return !options.signal?.aborted && !isFinal(status);
      },
      onUploadUrlAvailable: () => upload.url !== null && options.onStart?.(upload.url),
      onProgress: (sent, total) => options.onProgress?.(sent, total ?? content.size),
      onError: (error) => reject(errorOf(error)),
      onSuccess: ({ lastResponse }) => {
        const id = lastResponse.getHeader('Upload-File-Id');
        if (id === undefined) reject(new MilepostError('network_error', 'The server has named no file.'));
        else resolve(id);
      },
    });
    options.signal?.addEventListener('abort', () => {
      void upload.abort();
      reject(options.signal?.reason as Error);
    });
    void resume(upload, options).catch(reject);
  });
}

async function resume(upload: Upload, { uploadUrl }: UploadOptions): Promise<void> {
  const [previous] = uploadUrl === undefined ? await upload.findPreviousUploads() : [];
  if (previous) upload.resumeFromPreviousUpload(previous);
  upload.start();
}

/** The library reads Buffers and streams there, which would have to be read whole or could not go back. */
function outsideBrowsers(): Partial<TusOptions> {
  if (typeof document !== 'undefined') return {};
  return {
    chunkSize: PART,
    fileReader: {
      openFile: (content: Blob) =>
        Promise.resolve({
          size: content.size,
          slice: async (start: number, end: number) => {
            const part = Buffer.from(await content.slice(start, end).arrayBuffer());
            // By `size` the library knows how much it has sent.
            return { value: Object.assign(part, { size: part.length }), done: end >= content.size };
          },
          close: () => undefined,
        }),
    },
  };
}

function errorOf(error: Error): MilepostError {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (!response) return new MilepostError('network_error', error.message, 0, undefined, { cause: error });
  const status = response.getStatus();
  try {
    const problem = JSON.parse(response.getBody()) as MilepostError['problem'];
    if (problem?.code) return new MilepostError(problem.code, problem.detail, status, problem);
  } catch {
    // Not from our server.
  }
  return new MilepostError(`http_${status}`, error.message, status, undefined, { cause: error });
}
