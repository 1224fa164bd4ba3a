// What may come in as a body, a query or a path, and what is said about the rest.

import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { waitFor } from '../../support/wait-for.js';
import { expectProblem } from './expectations.js';
import { startHttp, type HttpTestApp } from './http-test-app.js';
import { ProbeController } from './probe.controller.js';

const NOTES = '/api/v1/notes';
const NOTE_ID = '0190b0c4-5a3e-7b1c-8f00-0123456789ab';

describe('bodies', () => {
  let app: HttpTestApp;
  beforeAll(async () => {
    app = await startHttp({ controllers: [ProbeController] });
  });
  afterAll(() => app.close());

  const post = (body: string | Buffer, type = 'application/json', path = NOTES) =>
    app
      .http()
      .post(path)
      .set('Content-Type', type)
      .serialize((sent: unknown) => sent as string)
      .send(body as string);

  it('takes JSON, also as a +json type and compressed', async () => {
    await post('{"title":"a"}').expect(201, { title: 'a' });
    await post('{"title":"a"}', 'application/merge-patch+json; charset=UTF-8').expect(201);
    await post(gzipSync('{"title":"zipped"}'))
      .set('Content-Encoding', 'gzip')
      .expect(201, { title: 'zipped' });
  });

  it('reads the JSON body of a DELETE', async () => {
    await app.http().delete(`${NOTES}/${NOTE_ID}`).send({ reason: 'x' }).expect(204);
    expectProblem(await app.http().delete(`${NOTES}/${NOTE_ID}`).type('json').send('{'), 400, 'invalid_json');
  });

  it.each([
    ['broken JSON', '{"title":', 400, 'invalid_json'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400, 'invalid_json'],
    ['5,000 levels', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 422, 'validation_failed'],
    ['NUL', '{"title":"a\\u0000b"}', 422, 'validation_failed'],
    ['half a surrogate pair', '{"title":"\\ud800"}', 422, 'validation_failed'],
    ['__proto__', '{"title":"a","data":{"__proto__":{"isAdmin":true}}}', 422, 'validation_failed'],
    [
      'constructor.prototype',
      '{"title":"a","data":{"constructor":{"prototype":{}}}}',
      422,
      'validation_failed',
    ],
    ['an unknown field', '{"title":"a","isAdmin":true}', 422, 'validation_failed'],
    ['another shape', '"text"', 422, 'validation_failed'],
    ['null', 'null', 422, 'validation_failed'],
  ])('refuses %s', async (_name, body, status, code) => {
    expectProblem(await post(body), status, code);
  });

  it('lets harmless data through as it is', async () => {
    const data = { constructor: 'x', prototype: 1, text: 'snow ☃ 💚' };
    await post(JSON.stringify({ title: 'a', data })).expect(201, { title: 'a', data });
  });

  it('names each wrong field by its path', async () => {
    const answer = await post('{"title":"","tags":[{"name":"a"},{"name":1,"extra":true}]}');
    const { errors } = expectProblem(answer, 422, 'validation_failed') as { errors: { path: string }[] };
    expect(errors.map(({ path }) => path).sort()).toEqual(['tags.1.extra', 'tags.1.name', 'title']);
  });

  it('counts a missing body as an empty one', async () => {
    const { errors } = expectProblem(await app.http().post(NOTES), 422, 'validation_failed') as {
      errors: { path: string }[];
    };
    expect(errors.map(({ path }) => path)).toEqual(['title']);
  });

  it.each([
    ['text/plain', 'text/plain'],
    ['XML', 'application/xml'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['multipart', 'multipart/form-data; boundary=x'],
    ['another charset', 'application/json; charset=latin1'],
  ])('answers %s with 415 and names what is accepted', async (_name, type) => {
    const answer = await post('{"title":"a"}', type);
    expectProblem(answer, 415, 'unsupported_media_type');
    if (!type.includes('latin1')) {
      expect(answer.headers['accept']).toBe('application/json');
      expect(answer.body.detail).toContain('application/json');
    }
  });

  it('answers a body without a content type, and an unknown encoding, with 415', async () => {
    const bare = await fetch(`${app.url}${NOTES}`, { method: 'POST', body: new Uint8Array([1, 2]) });
    expect(bare.status).toBe(415);
    expectProblem(await post('{}').set('Content-Encoding', 'zip'), 415, 'unsupported_media_type');
  });

  it('takes simple forms where a standard wants them', async () => {
    const answer = await post(
      'username=ada&a[b]=1',
      'application/x-www-form-urlencoded',
      '/api/v1/auth/login',
    );
    expect(answer.body).toEqual({ body: { username: 'ada', 'a[b]': '1' } });
    const refused = await post('x', 'text/plain', '/api/v1/auth/login');
    expectProblem(refused, 415, 'unsupported_media_type');
    expect(refused.headers['accept']).toBe('application/json, application/x-www-form-urlencoded');
  });

  it('takes 1 MiB of JSON and no more, compressed or not', async () => {
    const ofSize = (bytes: number) => `{"title":"${'x'.repeat(bytes - 12)}"}`;
    await post(ofSize(1024 * 1024)).expect(201);
    expectProblem(await post(ofSize(1024 * 1024 + 1)), 413, 'payload_too_large');
    expectProblem(
      await post(gzipSync(ofSize(20_000_000))).set('Content-Encoding', 'gzip'),
      413,
      'payload_too_large',
    );
  });

  it('answers 11 MiB with 413, with and without an announced length', async () => {
    const body = Buffer.alloc(11 * 1024 * 1024, 'x');
    expectProblem(await post(body), 413, 'payload_too_large');
    const chunked = await fetch(`${app.url}${NOTES}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect([chunked.status, ((await chunked.json()) as { code: string }).code]).toEqual([
      413,
      'payload_too_large',
    ]);
  });

  it('survives a client that leaves in the middle of its body', async () => {
    const socket = connect(app.port, '127.0.0.1', () => {
      socket.write(
        `POST ${NOTES} HTTP/1.1\r\nHost: a\r\nX-Request-Id: left-early\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"ti`,
      );
      setImmediate(() => socket.destroy());
    });
    await waitFor('the line of the aborted request', () =>
      app.log.find(
        (line) => line['msg'] === 'request' && line['requestId'] === 'left-early' && line['aborted'] === true,
      ),
    );
  });

  it('refuses bad ids, queries and repeated keys with 422, naming them', async () => {
    const paths = async (url: string) => {
      const { errors } = expectProblem(await app.http().get(url), 422, 'validation_failed') as {
        errors: { path: string }[];
      };
      return errors.map(({ path }) => path);
    };
    expect(await paths(`${NOTES}/not-a-uuid`)).toEqual(['id']);
    expect(await paths(`${NOTES}/%00`)).toEqual(['id']);
    expect(await paths(`${NOTES}?limit=0`)).toEqual(['limit']);
    expect(await paths(`${NOTES}?q=%00`)).toEqual(['q']);
    expect(await paths(`${NOTES}?q=a&q=b`)).toEqual(['q']);
    expect(await paths(`${NOTES}?unknown=1`)).toEqual(['unknown']);
    expect(await paths(`${NOTES}?__proto__=1`)).toEqual(['__proto__']);
    const deleted = await app.http().delete(`${NOTES}/x`);
    expect(expectProblem(deleted, 422, 'validation_failed')['errors']).toEqual([
      { path: 'id', message: expect.any(String) },
    ]);
  });

  it('gives a single resource its version as ETag, and answers 304', async () => {
    const answer = await app.http().get(`${NOTES}/${NOTE_ID}`).expect(200);
    expect(answer.headers.etag).toBe('"7"');
    await app.http().get(`${NOTES}/${NOTE_ID}`).set('If-None-Match', '"7"').expect(304);
    const me = await app.http().get('/api/v1/users/me').expect(200);
    await app.http().get('/api/v1/users/me').set('If-None-Match', String(me.headers.etag)).expect(304);
  });
});
