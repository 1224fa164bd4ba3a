// Attack: bytes that a proxy and this server would cut into requests at different places. What cannot be cut in one
// way only is refused, the connection ends, and nothing behind it is taken for a request.

import { connect } from 'node:net';
import { startApp, type TestApp } from '../../support/app.js';

const SMUGGLED = 'GET /health/live HTTP/1.1\r\nHost: a\r\nX-Request-Id: smuggled\r\n\r\n';
const HOST = 'Host: 127.0.0.1\r\n';
const POST = `POST /api/v1/auth/login HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`;
const LENGTH = `Content-Length: ${SMUGGLED.length}\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';

const ATTACKS: readonly (readonly [what: string, bytes: string])[] = [
  ['a length and chunks', `${POST}${LENGTH}${CHUNKED}\r\n0\r\n\r\n${SMUGGLED}`],
  ['chunks and a length', `${POST}${CHUNKED}${LENGTH}\r\n0\r\n\r\n${SMUGGLED}`],
  ['two lengths', `${POST}Content-Length: 0\r\n${LENGTH}\r\n${SMUGGLED}`],
  ['two equal lengths', `${POST}Content-Length: 0\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`],
  ['a list of lengths', `${POST}Content-Length: 0, ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`],
  ['a length with a sign', `${POST}Content-Length: +0\r\n\r\n${SMUGGLED}`],
  ['a length in hexadecimal', `${POST}Content-Length: 0x0\r\n\r\n${SMUGGLED}`],
  ['an unknown coding', `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  [
    'chunks that are not the last coding',
    `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  ['two codings', `${POST}${CHUNKED}Transfer-Encoding: identity\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['a coding behind a vertical tab', `${POST}Transfer-Encoding:\vchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['a space before the colon', `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['a folded header', `${POST}X-A: b\r\n Content-Length: 5\r\n\r\n${SMUGGLED}`],
  ['a folded coding', `${POST}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['a first header that is folded', `POST / HTTP/1.1\r\n ${HOST}\r\n${SMUGGLED}`],
  ['bare line feeds', `GET /health/live HTTP/1.1\nHost: a\n\n${SMUGGLED}`],
  ['a bare line feed in a header', `GET /health/live HTTP/1.1\r\n${HOST}X-A: b\nX-C: d\r\n\r\n${SMUGGLED}`],
  ['a bare carriage return', `GET /health/live HTTP/1.1\r\n${HOST}X-A: b\rX-C: d\r\n\r\n${SMUGGLED}`],
  ['NUL in a header', `GET /health/live HTTP/1.1\r\n${HOST}X-A: b\0c\r\n\r\n${SMUGGLED}`],
  ['two hosts', `GET /health/live HTTP/1.1\r\n${HOST}Host: b\r\n\r\n${SMUGGLED}`],
  ['no host', `GET /health/live HTTP/1.1\r\n\r\n${SMUGGLED}`],
  ['a negative chunk', `${POST}${CHUNKED}\r\n-1\r\n\r\n${SMUGGLED}`],
  ['a chunk beyond all numbers', `${POST}${CHUNKED}\r\n${'f'.repeat(17)}\r\n\r\n${SMUGGLED}`],
  ['a chunk with 0x', `${POST}${CHUNKED}\r\n0x0\r\n\r\n${SMUGGLED}`],
  ['a chunk that ends in a bare line feed', `${POST}${CHUNKED}\r\n0\n\n${SMUGGLED}`],
  ['a chunk longer than it says', `${POST}${CHUNKED}\r\n1\r\nabc\r\n0\r\n\r\n${SMUGGLED}`],
  ['endless chunk extensions', `${POST}${CHUNKED}\r\n0;${'x'.repeat(20_000)}\r\n\r\n${SMUGGLED}`],
  ['a line feed in a chunk extension', `${POST}${CHUNKED}\r\n0;a\n\r\n\r\n${SMUGGLED}`],
  ['an unknown version', `GET /health/live HTTP/9.9\r\n${HOST}\r\n${SMUGGLED}`],
  ['a request line with a tab', `GET\t/health/live HTTP/1.1\r\n${HOST}\r\n${SMUGGLED}`],
];

const STILL_OPEN = 'the connection is still open';
/** Longer than the server takes, and shorter than it keeps an idle connection. */
const OPEN_AFTER_MS = 45_000;

describe('a request of two readings', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  /** Everything that comes back until the server closes the connection. */
  function answersTo(bytes: string): Promise<string> {
    return new Promise((resolve) => {
      let received = '';
      const socket = connect(Number(new URL(app.url).port), '127.0.0.1', () => socket.write(bytes, 'latin1'));
      socket.setEncoding('latin1');
      socket.on('data', (chunk: string) => (received += chunk));
      socket.setTimeout(OPEN_AFTER_MS, () => socket.destroy(new Error(STILL_OPEN)));
      // A reset after the answer ends it as well.
      socket.on('error', ({ message }) => (received += message === STILL_OPEN ? STILL_OPEN : ''));
      socket.on('close', () => resolve(received));
    });
  }

  it.each(ATTACKS)('is refused, and ends its connection: %s', async (_what, bytes) => {
    const received = await answersTo(bytes);
    const statuses = [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));
    expect(statuses.every((status) => status >= 400 && status < 500)).toBe(true);
    expect(statuses.length).toBeLessThanOrEqual(1);
    expect(received).not.toContain('smuggled');
    expect(received).not.toContain(STILL_OPEN);
  });

  it('would be seen if it went through', async () => {
    const body = '{}';
    const first = `${POST}Content-Length: ${body.length}\r\n\r\n${body}`;
    const received = await answersTo(
      `${first}${SMUGGLED.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}`,
    );
    expect(received).toContain('X-Request-Id: smuggled');
  });
});
