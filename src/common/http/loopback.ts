// Whether a request was made on this machine itself.

import type { Request } from 'express';

const LOOPBACK = /^(?:::1|(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;
const FORWARDED_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/** A proxy on this machine connects from loopback as well; what it forwards comes from elsewhere. */
export function isFromThisMachine(request: Request): boolean {
  const forwarded = FORWARDED_HEADERS.some((name) => request.headers[name] !== undefined);
  return !forwarded && LOOPBACK.test(request.socket.remoteAddress ?? '');
}
