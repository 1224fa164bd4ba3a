// Sends the content of a file: the whole or a part, or the news that the client has it already. Whatever it holds,
// it leaves as an attachment that no browser runs.

import { Injectable } from '@nestjs/common';
import { create as contentDisposition } from 'content-disposition';
import type { Request, Response } from 'express';
import { AppError } from '../../common/errors/app-error.js';
import { ObjectMissing, ObjectStore, type ByteRange } from '../../infra/storage/object-store.js';
import { requestedRange } from './byte-ranges.js';
import type { FileEntity } from './file.entity.js';

/** Long enough to begin; a download that runs may take longer. */
const PRESIGNED_SECONDS = 300;

export type DownloadableFile = Pick<
  FileEntity,
  'filename' | 'size' | 'contentType' | 'sha256' | 'storageKey'
>;

@Injectable()
export class FileDownload {
  /** A client that takes nothing for so long is cut, in milliseconds. */
  readerPatienceMs = 30_000;

  constructor(private readonly store: ObjectStore) {}

  /**
   * Answers a GET or HEAD for the content of `file`, by Range, If-Range and If-None-Match (RFC 9110).
   * @param beforeBytes awaited before the first byte leaves, not for answers without content; what it throws
   *   is the answer. With it nobody is sent to the store, whose URL would work again and again.
   * @throws AppError range_not_satisfiable, file_not_found (deleted meanwhile), service_unavailable
   */
  async send(
    file: DownloadableFile,
    request: Request,
    response: Response,
    beforeBytes?: () => Promise<void>,
  ): Promise<void> {
    response.setHeader('ETag', etagOf(file));
    response.setHeader('Cache-Control', 'private, no-cache');
    if (request.fresh) {
      response.status(304).end();
      return;
    }
    const range = rangeFor(file, request);
    if (request.method === 'HEAD') {
      setContentHeaders(response, file, range);
      response.end();
      return;
    }
    if (beforeBytes) await beforeBytes();
    else if (await this.redirected(file, response)) return;
    setContentHeaders(response, file, range);
    await this.sendBytes(file, range ?? { start: 0, end: file.size - 1 }, response);
  }

  private async redirected(file: DownloadableFile, response: Response): Promise<boolean> {
    const url = await this.store.presignedUrl(file.storageKey, {
      contentDisposition: contentDisposition(file.filename),
      contentType: file.contentType,
      expiresInSeconds: PRESIGNED_SECONDS,
    });
    if (url === undefined) return false;
    response.setHeader('Cache-Control', 'no-store');
    response.redirect(302, url);
    return true;
  }

  private async sendBytes(file: DownloadableFile, range: ByteRange, response: Response): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    // Node counts a partial write as movement, so a slow client that takes some of it stays.
    response.setTimeout(this.readerPatienceMs, () => response.destroy());
    try {
      if (file.size > 0) await this.store.send(file.storageKey, range, response, gone.signal);
      response.end();
    } catch (error) {
      // Nobody is left to be told.
      if (gone.signal.aborted || response.destroyed) return;
      throw error instanceof ObjectMissing ? new AppError('file_not_found', { cause: error }) : error;
    }
  }
}

/** The part that is asked for; undefined: the whole. */
function rangeFor(file: DownloadableFile, request: Request): ByteRange | undefined {
  const { range: header, 'if-range': condition } = request.headers;
  // A Range means something for GET only; one that belongs to another content means the whole.
  if (request.method !== 'GET' || (condition !== undefined && condition !== etagOf(file))) return undefined;
  const range = requestedRange(header, file.size);
  if (range === 'unsatisfiable') {
    throw new AppError('range_not_satisfiable', { headers: { 'Content-Range': `bytes */${file.size}` } });
  }
  return range === 'whole' ? undefined : range;
}

function setContentHeaders(response: Response, file: DownloadableFile, range: ByteRange | undefined): void {
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Type', file.contentType);
  response.setHeader('Content-Disposition', contentDisposition(file.filename));
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; sandbox");
  response.setHeader('Content-Length', range ? range.end - range.start + 1 : file.size);
  if (!range) return;
  response.statusCode = 206;
  response.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${file.size}`);
}

function etagOf(file: DownloadableFile): string {
  return `"${file.sha256.toString('hex')}"`;
}
