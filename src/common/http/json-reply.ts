// The short way for the answer that nearly every route gives: an object as JSON. Express's json() and send()
// parse the content type they have just set, among other things.

import { StreamableFile } from '@nestjs/common';
import type { Response } from 'express';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends `content` and returns true, or returns false when Express has to. */
export function replyWithJson(response: Response, content: unknown, status: number | undefined): boolean {
  if (typeof content !== 'object' || content === null || response.headersSent) return false;
  if (content instanceof StreamableFile || content instanceof Uint8Array || content instanceof Error)
    return false;
  if (response.hasHeader('Content-Type')) return false;
  if (status !== undefined) response.statusCode = status;
  if (response.hasHeader('ETag') && response.req.fresh) {
    response.statusCode = 304;
    response.end();
    return true;
  }
  const text = JSON.stringify(content);
  response.setHeader('Content-Type', JSON_TYPE);
  const bytes = Buffer.byteLength(text);
  response.setHeader('Content-Length', bytes);
  // ASCII goes out as it is: Node writes headers and body in the encoding of the body.
  response.end(text, bytes === text.length ? 'latin1' : 'utf8');
  return true;
}
