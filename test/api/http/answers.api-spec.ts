// Every answer, whatever went wrong, is a problem document with the security headers.

import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { expectProblem, expectSecurityHeaders } from './expectations.js';
import { startHttp, type HttpTestApp } from './http-test-app.js';
import { ProbeController } from './probe.controller.js';
import { rawRequest } from './raw-request.js';

const NOTES = '/api/v1/notes';

describe('answers', () => {
  let app: HttpTestApp;
  beforeAll(async () => {
    app = await startHttp({ controllers: [ProbeController] });
  });
  afterAll(() => app.close());

  it('carries the security headers on success', async () => {
    expectSecurityHeaders(await app.http().get('/health/live').expect(200, { status: 'ok' }));
  });

  it('answers an unknown path with 404, inside and outside of the prefix', async () => {
    for (const path of ['/nope', '/api/v1/nope', '/api/v1', '/healthlive']) {
      expectProblem(await app.http().get(path), 404, 'not_found');
    }
    expectProblem(await app.http().post('/nope').type('text/plain').send('x'), 404, 'not_found');
  });

  it('answers a wrong method with 405 and Allow', async () => {
    const answer = await app.http().put(NOTES).send({});
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS, POST');
  });

  it('answers OPTIONS and HEAD', async () => {
    const options = await app.http().options(NOTES).expect(204);
    expect(options.headers.allow).toBe('GET, HEAD, OPTIONS, POST');
    expectSecurityHeaders(options);
    expectSecurityHeaders(await app.http().head(NOTES).expect(200));
  });

  it('tells nothing about an unknown error, and logs it with its stack', async () => {
    const answer = await app.http().get('/api/v1/broken').set('X-Request-Id', 'broken-1');
    expectProblem(answer, 500, 'internal_error');
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|SELECT|srv/);
    expect(app.log).toContainEqual(
      expect.objectContaining({
        requestId: 'broken-1',
        err: expect.objectContaining({ stack: expect.any(String) }),
      }),
    );
  });

  it('asks for a credential with every 401, and for patience with every 503', async () => {
    const unauthorized = await app.http().get('/api/v1/locked');
    expectProblem(unauthorized, 401, 'token_expired');
    expect(unauthorized.headers['www-authenticate']).toBe('Bearer');
    const away = await app.http().get('/api/v1/away');
    expectProblem(away, 503, 'service_unavailable');
    expect(away.headers['retry-after']).toBe('1');
  });

  it('answers bad percent-encoding with 400', async () => {
    expectProblem(await app.http().get('/api/v1/notes/%FF'), 400, 'bad_request');
  });

  it.each([
    [
      'a negative Content-Length',
      'POST /api/v1/notes HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
      400,
      'invalid_content_length',
    ],
    [
      'a malformed Content-Length',
      'POST /api/v1/notes HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n',
      400,
      'invalid_content_length',
    ],
    [
      'two lengths',
      'POST /api/v1/notes HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc',
      400,
      'bad_request',
    ],
    ['a bare line feed', 'GET / HTTP/1.1\nHost: a\n\n', 400, 'bad_request'],
    [
      'two Host headers',
      'GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n',
      400,
      'bad_request',
    ],
    ['no Host header', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'bad_request'],
    [
      'a huge header',
      `GET / HTTP/1.1\r\nHost: a\r\nX-Big: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
  ])('answers %s', async (_name, text, status, code) => {
    const answer = await rawRequest(app.port, text);
    const problem = expectProblem(answer, status, code === 'invalid_content_length' ? code : String(code));
    expect(problem['requestId']).not.toBe('');
  });

  it('keeps a request id that is one, and makes one otherwise', async () => {
    const kept = await app.http().get('/health/live').set('X-Request-Id', 'abc.DEF_1-2');
    expect(kept.headers['x-request-id']).toBe('abc.DEF_1-2');
    for (const bad of ['with space', 'x'.repeat(65), 'a/b']) {
      const made = await app.http().get('/health/live').set('X-Request-Id', bad);
      expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('says how long answers may be kept', async () => {
    const cacheControl = async (path: string) => (await app.http().get(path)).headers['cache-control'];
    expect(await cacheControl('/api/v1/users/me')).toBe('no-store');
    expect(await cacheControl('/api/v1/Users/me?x=1')).toBe('no-store');
    expect(await cacheControl('/api/v1/notes')).toBe('private, no-cache');
    expect(await cacheControl('/health/live')).toBe('no-store');
  });

  it('does not hang up on an unknown expectation', async () => {
    const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
      httpRequest(`${app.url}/health/live`, { headers: { expect: 'miracles' } }, (response) => {
        response.resume();
        resolve(response.headers);
      })
        .on('error', reject)
        .end();
    });
    expect(headers['x-request-id']).toBeDefined();
  });
});
