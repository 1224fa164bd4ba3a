// Reads the body of a request into memory, within a limit that counts what it inflates to.

import type { Request } from 'express';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { AppError } from '../errors/app-error.js';

/** A refused body is still read to its end, so that the client sees the answer; but not beyond this. */
export const DISCARD_LIMIT = 64 * 1024 * 1024;

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

/** True when the request announces a body. */
export function hasBody(request: Request): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/**
 * The bytes of the body.
 * @param limit most bytes that are taken, after inflating
 * @throws AppError payload_too_large, request_aborted, bad_request (broken compression),
 *   unsupported_media_type (unknown Content-Encoding)
 */
export async function readBody(request: Request, limit: number): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const createDecoder = DECODERS[encoding];
  if (encoding !== 'identity' && !createDecoder) throw unknownEncoding();
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  return collect(request, createDecoder?.(), limit);
}

/** Reads on and forgets; a client that never ends is cut off. */
export function discardBody(request: Request): void {
  cutBodyAfter(request, DISCARD_LIMIT);
  request.resume();
}

/** Cuts off a client whose body has more than `limit` bytes, whoever reads it. */
export function cutBodyAfter(request: Request, limit: number): void {
  let received = 0;
  request.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > limit) request.destroy();
  });
}

function collect(request: Request, decoder: Transform | undefined, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const source = decoder ? request.pipe(decoder) : request;
    const fail = (error: AppError): void => {
      request.unpipe();
      source.off('data', take);
      decoder?.destroy();
      reject(error);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) fail(tooLarge(limit));
      else chunks.push(chunk);
    };
    source.on('data', take);
    source.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    decoder?.on('error', (cause) =>
      fail(new AppError('bad_request', { detail: 'The compressed body is broken.', cause })),
    );
    request.on('error', (cause) => fail(new AppError('request_aborted', { cause })));
    request.on('close', () => {
      if (!request.complete) fail(new AppError('request_aborted'));
    });
  });
}

function tooLarge(limit: number): AppError {
  return new AppError('payload_too_large', { detail: `The body may have at most ${limit} bytes.` });
}

function unknownEncoding(): AppError {
  return new AppError('unsupported_media_type', {
    detail: 'Content-Encoding may be gzip, deflate or br.',
    headers: { 'Accept-Encoding': 'gzip, deflate, br' },
  });
}
