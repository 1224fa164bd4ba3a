// Requests and responses of our own classes behave as Express's, mounted applications included, and the
// server ends without failing a request.

import { createRequire } from 'node:module';
import { Agent, get, IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get } from '@nestjs/common';
import type { Application, Request, Response } from 'express';
import { Public } from '../../../src/common/auth/access.decorator.js';
import { waitFor } from '../../support/wait-for.js';
import { expectSecurityHeaders } from './expectations.js';
import { startHttp, type HttpTestApp } from './http-test-app.js';
import { ProbeController } from './probe.controller.js';

const express = createRequire(createRequire(__filename).resolve('@nestjs/platform-express'))(
  'express',
) as () => Application;
const running: (() => void)[] = [];

@Public()
@Controller('slow')
class SlowController {
  @Get()
  async slow(): Promise<object> {
    await new Promise<void>((resolve) => running.push(resolve));
    return { done: true };
  }
}

function addExpressRoutes(app: Application): void {
  const mounted = express();
  mounted.get('/where', (request: Request, response: Response) => {
    response.locals['seen'] = request.baseUrl;
    response
      .status(203)
      .json({ mine: request.app === mounted, baseUrl: request.baseUrl, locals: response.locals });
  });
  app.use('/mounted', mounted);
  app.get('/after/:name', (request: Request, response: Response) => {
    const { params, query, app: owner } = request;
    response
      .set('X-Mine', String(owner === app && response.app === app))
      .cookie('a', 'b')
      .json({ params, query, agent: request.get('user-agent') });
  });
  app.get('/prototypes', (request: Request, response: Response) => {
    const same = Object.getPrototypeOf(request) === (app as unknown as { request: object }).request;
    response.json({ same, native: request instanceof IncomingMessage && response instanceof ServerResponse });
  });
  app.get('/redirect', (_request: Request, response: Response) => response.redirect('/elsewhere'));
  app.get('/text', (_request: Request, response: Response) => void response.type('text').send('plain'));
}

describe('our Express', () => {
  let app: HttpTestApp;
  beforeAll(async () => {
    app = await startHttp({
      controllers: [ProbeController, SlowController],
      settings: { TRUST_PROXY: '1', CORS_ORIGINS: 'https://app.example.com' },
      prepare: (nest) => addExpressRoutes(nest.getHttpAdapter().getInstance() as Application),
    });
  });
  afterAll(() => app.close());

  it('does not change prototypes, and keeps those of Node', async () => {
    await app.http().get('/prototypes').expect(200, { same: true, native: true });
  });

  it('has the request properties of Express', async () => {
    const answer = await app.http().get('/api/v1/whoami?a=1').set({
      'X-Forwarded-For': '6.6.6.6, 203.0.113.9',
      Host: 'api.example.com',
      'X-Requested-With': 'XMLHttpRequest',
    });
    expect(answer.body).toEqual({
      ip: '203.0.113.9',
      ips: ['203.0.113.9'],
      hostname: 'api.example.com',
      protocol: 'http',
      path: '/api/v1/whoami',
      baseUrl: '',
      originalUrl: '/api/v1/whoami?a=1',
      query: { a: '1' },
      xhr: true,
      is: null,
    });
  });

  it('serves mounted applications, and gives request and response back after them', async () => {
    await app
      .http()
      .get('/mounted/where')
      .expect(203, { mine: true, baseUrl: '/mounted', locals: { seen: '/mounted' } });
    const answer = await app.http().get('/after/ada?x=1&y=2').set('User-Agent', 'me').expect(200);
    expect(answer.body).toEqual({ params: { name: 'ada' }, query: { x: '1', y: '2' }, agent: 'me' });
    expect(answer.headers).toMatchObject({ 'x-mine': 'true', 'set-cookie': ['a=b; Path=/'] });
    await app.http().get('/mounted/nope').expect(404);
  });

  it('redirects and sends text', async () => {
    const redirect = await app.http().get('/redirect').expect(302);
    expect(redirect.headers['location']).toBe('/elsewhere');
    expectSecurityHeaders(redirect);
    const text = await app.http().get('/text').expect(200, 'plain');
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  it('lets only listed origins in', async () => {
    const from = (origin: string) => app.http().get('/api/v1/notes').set('Origin', origin);
    const listed = await from('https://app.example.com');
    expect(listed.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    for (const other of ['https://app.example.com.evil.test', 'https://evil.test', 'null']) {
      expect((await from(other)).headers).not.toHaveProperty('access-control-allow-origin');
    }
    const preflight = await app
      .http()
      .options('/api/v1/notes')
      .set({
        Origin: 'https://app.example.com',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type',
      })
      .expect(204);
    expect(preflight.headers['access-control-allow-methods']).toContain('PATCH');
    expect(preflight.headers['access-control-allow-headers']).toBe('content-type');
  });

  it('finishes what runs when it closes', async () => {
    const closing = await startHttp({ controllers: [SlowController] });
    const agent = new Agent({ keepAlive: true });
    const answer = new Promise<{ status: number | undefined; connection: string | undefined }>(
      (resolve, reject) => {
        get(`${closing.url}/api/v1/slow`, { agent }, (response) => {
          response.resume();
          response.on('end', () =>
            resolve({ status: response.statusCode, connection: response.headers.connection }),
          );
        }).on('error', reject);
      },
    );
    await waitFor('the request to run', () => running.length > 0);
    const closed = closing.close();
    await waitFor('the port to be closed', () =>
      fetch(`${closing.url}/api/v1/slow`).then(
        () => false,
        () => true,
      ),
    );
    running.forEach((finish) => finish());
    expect(await answer).toEqual({ status: 200, connection: 'close' });
    await closed;
  });
});
