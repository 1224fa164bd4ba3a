// What Node's parser refuses never becomes a request. It is answered here, with a problem document like any
// other error, in place of Node's bare line or a reset.

import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '../../contracts/errors.js';
import { AppError } from '../errors/app-error.js';
import { problemOf } from '../errors/problem.js';
import { BODY_OVERDUE } from './body-deadlines.js';
import type { HeaderPairs } from './security-headers.js';

/** How long the client may take to hang up after its answer, in milliseconds. */
const LINGER_MS = 1_000;

const CODE_OF_PARSER_ERROR: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload_too_large',
  HPE_INVALID_CONTENT_LENGTH: 'invalid_content_length',
  HPE_UNEXPECTED_CONTENT_LENGTH: 'invalid_content_length',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  [BODY_OVERDUE]: 'request_timeout',
};

/** The error that stands for what Node's HTTP parser reported. */
export function clientErrorOf(error: NodeJS.ErrnoException): AppError {
  return new AppError(CODE_OF_PARSER_ERROR[error.code ?? ''] ?? 'bad_request', { cause: error });
}

/** Answers `error` on the bare socket and ends the connection. */
export function answerClientError(error: AppError, socket: Socket, headers: HeaderPairs): void {
  const requestId = randomUUID();
  const problem = problemOf(error, requestId);
  const all = new Map<string, string>([
    ...headers,
    ...Object.entries(problem.headers),
    ['X-Request-Id', requestId],
    ['Date', new Date().toUTCString()],
    ['Content-Length', String(Buffer.byteLength(problem.text))],
    ['Connection', 'close'],
  ]);
  const head = [...all].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${head}\r\n${problem.text}`,
  );
  // Closing at once would reset the connection while the client still sends, and lose the answer.
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
