// What is written down about requests, and what never is.

import { Controller, Get, Logger } from '@nestjs/common';
import { Public } from '../../../src/common/auth/access.decorator.js';
import { waitFor } from '../../support/wait-for.js';
import { startHttp, type HttpTestApp } from './http-test-app.js';
import { ProbeController } from './probe.controller.js';
import { rawRequest } from './raw-request.js';

@Public()
@Controller('logs')
class LoggingController {
  private readonly logger = new Logger(LoggingController.name);

  @Get()
  write(): object {
    this.logger.log(
      { field: 1, headers: { authorization: 'Bearer top-secret', 'X-API-Key': 'top-secret' } },
      'a message',
    );
    const cause = Object.assign(new Error('inner'), { parameters: ['top-secret'] });
    this.logger.error(
      { err: Object.assign(new Error('outer', { cause }), { query: 'top-secret' }) },
      'it failed',
    );
    this.logger.warn('only text');
    return {};
  }
}

describe('logs', () => {
  let app: HttpTestApp;
  beforeAll(async () => {
    app = await startHttp({ controllers: [ProbeController, LoggingController] });
  });
  afterAll(() => app.close());

  const lineOf = (requestId: string, msg: string) =>
    waitFor(`the line ${msg}`, () =>
      app.log.find((line) => line['msg'] === msg && line['requestId'] === requestId),
    );

  it('writes structured lines with the request id, and no secrets', async () => {
    await app
      .http()
      .get('/api/v1/logs?token=top-secret')
      .set({ 'X-Request-Id': 'logs-1', Authorization: 'Bearer top-secret' });
    expect(await lineOf('logs-1', 'a message')).toMatchObject({
      level: 'info',
      context: 'LoggingController',
      field: 1,
    });
    expect(await lineOf('logs-1', 'it failed')).toMatchObject({
      level: 'error',
      err: { type: 'Error', message: 'outer', stack: expect.any(String), cause: { message: 'inner' } },
    });
    expect(await lineOf('logs-1', 'only text')).toMatchObject({ level: 'warn' });
    expect(await lineOf('logs-1', 'request')).toMatchObject({
      method: 'GET',
      path: '/api/v1/logs',
      status: 200,
      durationMs: expect.any(Number),
      bytes: 2,
      ip: '127.0.0.1',
      sql: 0,
      redis: 0,
    });
    expect(JSON.stringify(app.log)).not.toContain('top-secret');
  });

  it('writes the pattern of the route, and nothing about liveness', async () => {
    await app.http().get('/health/live').set('X-Request-Id', 'silent');
    await app.http().get('/api/v1/notes/0190b0c4-5a3e-7b1c-8f00-0123456789ab').set('X-Request-Id', 'pattern');
    expect(await lineOf('pattern', 'request')).toMatchObject({ path: '/api/v1/notes/:id' });
    expect(app.log.some((line) => line['requestId'] === 'silent')).toBe(false);
  });

  it('writes a security event for each refusal', async () => {
    await app
      .http()
      .post('/api/v1/notes')
      .set({ 'X-Request-Id': 'refused', 'User-Agent': 'tester' })
      .type('text/plain')
      .send('abc');
    expect(await lineOf('refused', 'security event')).toMatchObject({
      event: 'unsupported_media_type',
      ip: '127.0.0.1',
      userAgent: 'tester',
      method: 'POST',
      path: '/api/v1/notes',
      contentType: 'text/plain',
      size: 3,
      userId: null,
    });
    await app.http().get('/api/v1/locked').set('X-Request-Id', 'locked');
    expect(await lineOf('locked', 'security event')).toMatchObject({
      event: 'unauthorized',
      code: 'token_expired',
    });
    await rawRequest(app.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n');
    await waitFor('the event of the raw request', () =>
      app.log.find(
        (line) => line['event'] === 'malformed_request' && line['code'] === 'invalid_content_length',
      ),
    );
  });

  it('writes no security event when they are switched off', async () => {
    const quiet = await startHttp({
      controllers: [ProbeController],
      settings: { ENABLE_SECURITY_EVENT_LOGGING: 'false' },
    });
    await quiet.http().get('/api/v1/locked').expect(401);
    await waitFor('the request to be logged', () => quiet.log.some((line) => line['msg'] === 'request'));
    expect(quiet.log.some((line) => line['msg'] === 'security event')).toBe(false);
    await quiet.close();
  });
});
