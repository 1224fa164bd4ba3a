// How long a body may take to arrive, and what is said when it takes longer.

import { connect, type Socket } from 'node:net';
import { Controller, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { Public } from '../../../src/common/auth/access.decorator.js';
import { allowWhileMoving } from '../../../src/common/http/body-deadlines.js';
import { waitFor } from '../../support/wait-for.js';
import { startHttp, type HttpTestApp } from './http-test-app.js';
import { ProbeController } from './probe.controller.js';

/** Takes forms as a stream, at the path that has a rule for them. */
@Public()
@Controller('files')
class StreamController {
  @Post()
  async take(@Req() request: Request): Promise<object> {
    allowWhileMoving(request);
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    return { bytes };
  }
}

describe('a body that arrives slowly', () => {
  let app: HttpTestApp;

  beforeAll(async () => {
    app = await startHttp({
      controllers: [ProbeController, StreamController],
      patience: { totalMs: 250, spanMs: 250, bytesPerSpan: 10 },
    });
  });
  afterAll(() => app.close());

  /** Sends the head of a request of 1,000 bytes, and collects the answer. */
  function begin(path: string, type: string) {
    const state = { answer: '', closed: false, socket: undefined as unknown as Socket };
    state.socket = connect(app.port, '127.0.0.1', () => {
      state.socket.write(
        `POST /api/v1/${path} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: 1000\r\n\r\n`,
      );
    });
    state.socket.on('data', (chunk: Buffer) => (state.answer += chunk.toString()));
    state.socket.on('close', () => (state.closed = true));
    state.socket.on('error', () => undefined);
    return state;
  }

  const FORM = 'multipart/form-data; boundary=x';

  it('is refused with 408 after a while, however it moves', async () => {
    const call = begin('notes', 'application/json');
    const timer = setInterval(() => call.socket.write(' '.repeat(20)), 50);
    await waitFor('the connection to be closed', () => call.closed);
    clearInterval(timer);
    expect(call.answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(call.answer).toContain('"code":"request_timeout"');
  });

  it('may take its time where it is streamed, as long as it moves', async () => {
    const call = begin('files', FORM);
    const timer = setInterval(() => call.socket.write('x'.repeat(20)), 20);
    // 1,000 bytes, 20 each 20 ms: four times as long as an ordinary body has.
    await waitFor('the answer', () => call.answer.includes('{"bytes":1000}'));
    clearInterval(timer);
    call.socket.destroy();
  });

  it('is refused there, too, when it hardly moves', async () => {
    const call = begin('files', FORM);
    const timer = setInterval(() => call.socket.write('x'), 60);
    await waitFor('the connection to be closed', () => call.closed);
    clearInterval(timer);
    expect(call.answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});
