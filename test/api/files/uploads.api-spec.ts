import { createHash, randomBytes } from 'node:crypto';
import { Upload } from 'tus-js-client';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { rawRequest } from '../http/raw-request.js';
import { takenBytes, type ShownFile } from './file-builders.js';
import { base64, tusOf, UPLOADS } from './tus-client.js';

const GIB = 1024 ** 3;
const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text));
const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

describe('resumable uploads', () => {
  let app: TestApp;
  let user: SignedInUser;
  let stranger: SignedInUser;
  let tus: ReturnType<typeof tusOf>;

  beforeAll(async () => {
    app = await startApp({ settings: { CORS_ORIGINS: 'https://app.example.com' } });
    [user, stranger] = [await aUser(app), await aUser(app)];
    tus = tusOf(app, user);
  });
  afterAll(() => app.close());

  const fileOf = async (id: string | null) => {
    const { body } = await app.http().get(`/api/v1/files/${id}`).set(user.headers).expect(200);
    return body as ShownFile;
  };

  it('make a file with tus-js-client, broken off and resumed on the way', async () => {
    const content = randomBytes(700_000);
    const upload = (chunkSize: number, resumeAt?: string) =>
      new Promise<Upload>((resolve, reject) => {
        const client = new Upload(content, {
          endpoint: `${app.url}${UPLOADS}`,
          ...(resumeAt !== undefined && { uploadUrl: resumeAt }),
          headers: user.headers,
          metadata: { filename: '文件 📎.bin', filetype: 'image/png' },
          chunkSize,
          retryDelays: null,
          onError: reject,
          onSuccess: () => resolve(client),
          onChunkComplete: (_size, accepted) => {
            if (resumeAt === undefined && accepted >= 400_000) {
              void client.abort().then(() => resolve(client));
            }
          },
        });
        client.start();
      });
    const broken = await upload(200_000);
    const { url } = broken;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/uploads\/[0-9a-f-]{36}$/);
    await upload(300_000, url ?? '');
    const answer = await tus.head(new URL(url ?? '').pathname);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('upload-offset')).toBe('700000');
    expect(await fileOf(answer.headers.get('upload-file-id'))).toMatchObject({
      filename: '文件 📎.bin',
      size: 700_000,
      contentType: 'application/octet-stream',
      sha256: sha256(content),
    });
  });

  it('say what the server can do', async () => {
    const answer = await fetch(`${app.url}${UPLOADS}`, { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'tus-resumable': '1.0.0',
      'tus-version': '1.0.0',
      'tus-extension': 'creation,termination,checksum,expiration',
      'tus-max-size': String(5 * GIB),
      'tus-checksum-algorithm': 'sha1,sha256',
    });
  });

  it('tell the file in the last PATCH, and have its content, type and quota right', async () => {
    const usedBefore = await takenBytes(app, user);
    const content = bytes('{"a": 1}');
    const path = await tus.begin(content.length, 'data.json');
    expect(await takenBytes(app, user)).toBe(usedBefore + content.length);
    const first = await tus.patch(path, 0, content.subarray(0, 3));
    expect([first.status, first.headers.get('upload-offset')]).toEqual([204, '3']);
    expect(first.headers.get('upload-file-id')).toBeNull();
    const expiry = Date.parse(first.headers.get('upload-expires') ?? '') - Date.now();
    expect(Math.round(expiry / 3_600_000)).toBe(24);
    const last = await tus.patch(path, 3, content.subarray(3));
    expect([last.status, last.headers.get('upload-offset')]).toEqual([204, '8']);
    const id = last.headers.get('upload-file-id');
    expect(await fileOf(id)).toMatchObject({
      filename: 'data.json',
      contentType: 'application/json',
      sha256: sha256(content),
    });
    await app.http().get(`/api/v1/files/${id}/content`).set(user.headers).expect(200, '{"a": 1}');
    expect(await takenBytes(app, user)).toBe(usedBefore + content.length);
    expect(last.headers.get('upload-expires')).toBeNull();
    expect((await tus.head(path)).headers.get('upload-file-id')).toBe(id);
    expect(await tus.terminate(path)).toMatchObject({ status: 409, code: 'upload_finished' });
    await app.http().delete(`/api/v1/files/${id}`).set(user.headers).expect(204);
    expect(await takenBytes(app, user)).toBe(usedBefore);
    expect((await tus.head(path)).status).toBe(410);
    expect(await tus.patch(path, 8, bytes(''))).toMatchObject({ status: 410, code: 'upload_gone' });
  });

  it('may be empty', async () => {
    const answer = await tus.create(0);
    expect(answer.status).toBe(201);
    expect(await fileOf(answer.headers.get('upload-file-id'))).toMatchObject({ size: 0, filename: 'upload' });
  });

  it('begin once for one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'begin-once' };
    const first = await tus.create(10, headers);
    const again = await tus.create(10, headers);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await tus.create(11, headers)).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  });

  it.each([
    ['no length', {}, 400, 'bad_request'],
    ['a malformed length', { 'upload-length': '-5' }, 400, 'bad_request'],
    ['a length to be told later', { 'upload-defer-length': '1' }, 400, 'bad_request'],
    ['more than 5 GiB', { 'upload-length': String(5 * GIB + 1) }, 413, 'file_too_large'],
    ['more than the quota', { 'upload-length': String(GIB + 1) }, 413, 'quota_exceeded'],
    ['malformed metadata', { 'upload-length': '5', 'upload-metadata': 'filename ###' }, 400, 'bad_request'],
    [
      'a name that is none',
      { 'upload-length': '5', 'upload-metadata': `filename ${base64('..')}` },
      422,
      'validation_failed',
    ],
    ['a part of several', { 'upload-length': '5', 'upload-concat': 'partial' }, 400, 'bad_request'],
    ['another version', { 'upload-length': '5', 'tus-resumable': '0.2.2' }, 412, 'tus_version_unsupported'],
  ])('refuse %s at the beginning, and keep nothing', async (_what, headers, status, code) => {
    const count = async () => {
      const [row] = await app.database.query<{ uploads: number; objects: number }>(
        'SELECT (SELECT count(*) FROM uploads) AS uploads, (SELECT count(*) FROM stored_objects) AS objects',
      );
      return { ...row, bytes: await takenBytes(app, user) };
    };
    const before = await count();
    const answer = await tus.send('POST', UPLOADS, headers);
    expect(answer).toMatchObject({ status, code });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.headers.get('tus-resumable')).toBe('1.0.0');
    expect(answer.headers.get('x-request-id')).toBeTruthy();
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await count()).toEqual(before);
  });

  it('belong to their owner alone', async () => {
    const path = await tus.begin(4);
    const other = tusOf(app, stranger);
    expect((await other.head(path)).status).toBe(404);
    expect(await other.patch(path, 0, bytes('evil'))).toMatchObject({
      status: 404,
      code: 'upload_not_found',
    });
    expect(await other.terminate(path)).toMatchObject({ status: 404, code: 'upload_not_found' });
    const head = await tus.head(path);
    expect([head.status, head.headers.get('upload-offset')]).toEqual([200, '0']);
  });

  it('take bytes only where they continue, and no more than announced', async () => {
    const path = await tus.begin(6);
    await tus.patch(path, 0, bytes('abc'));
    const wrong = await tus.patch(path, 2, bytes('cdef'));
    expect(wrong).toMatchObject({ status: 409, code: 'upload_offset_conflict' });
    expect(wrong.headers.get('upload-offset')).toBe('3');
    expect(await tus.patch(path, 3, bytes('defg'))).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect(
      await tus.send('PATCH', path, { 'content-type': 'application/offset+octet-stream' }),
    ).toMatchObject({
      status: 400,
      code: 'bad_request',
    });
    expect(await tus.patch(path, 3, bytes('def'), { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
    });
    expect((await tus.head(path)).headers.get('upload-offset')).toBe('3');
    expect((await tus.patch(path, 3, bytes('def'))).headers.get('upload-file-id')).toBeTruthy();
  });

  it('end at the announced size also without a Content-Length', async () => {
    const path = await tus.begin(6);
    const { port } = new URL(app.url);
    const answer = await rawRequest(
      Number(port),
      [
        `PATCH ${path} HTTP/1.1`,
        'Host: localhost',
        `Authorization: ${user.headers.authorization}`,
        'Tus-Resumable: 1.0.0',
        'Upload-Offset: 0',
        'Content-Type: application/offset+octet-stream',
        'Transfer-Encoding: chunked',
        'Connection: close',
        '',
        '7\r\nabcdefg\r\n0\r\n\r\n',
      ].join('\r\n'),
    );
    expect(answer.status).toBe(413);
    expect((await tus.head(path)).headers.get('upload-offset')).toBe('0');
  });

  it('count bytes with a checksum only when it matches', async () => {
    const path = await tus.begin(6);
    const checksum = (algorithm: string, text: string) => ({
      'upload-checksum': `${algorithm} ${createHash(algorithm).update(text).digest('base64')}`,
    });
    expect(await tus.patch(path, 0, bytes('abc'), checksum('sha1', 'abd'))).toMatchObject({
      status: 460,
      code: 'checksum_mismatch',
    });
    expect((await tus.head(path)).headers.get('upload-offset')).toBe('0');
    expect((await tus.patch(path, 0, bytes('abc'), checksum('sha1', 'abc'))).status).toBe(204);
    expect((await tus.patch(path, 3, bytes('def'), checksum('md5', 'def'))).status).toBe(400);
    expect((await tus.patch(path, 3, bytes('def'), { 'upload-checksum': 'sha1 short' })).status).toBe(400);
    const last = await tus.patch(path, 3, bytes('def'), checksum('sha256', 'def'));
    expect(await fileOf(last.headers.get('upload-file-id'))).toMatchObject({
      sha256: sha256(bytes('abcdef')),
    });
  });

  it('cannot be steered by an overridden method or a forwarded host', async () => {
    const path = await tus.begin(6);
    const overridden = await tus.send('POST', path, { 'x-http-method-override': 'DELETE' });
    expect(overridden.status).toBe(405);
    const forwarded = await tus.create(5, {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'nonsense',
      'x-http-method-override': 'DELETE',
    });
    expect(forwarded.status).toBe(201);
    expect(forwarded.headers.get('location')).toMatch(/^\/api\/v1\/uploads\/[0-9a-f-]{36}$/);
    expect((await tus.head(path)).status).toBe(200);
  });

  it('tell pages of listed origins alone what is in the headers', async () => {
    const listed = await tus.create(5, { origin: 'https://app.example.com' });
    expect(listed.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(listed.headers.get('access-control-expose-headers')).toContain('Upload-Offset');
    const other = await tus.create(5, { origin: 'https://evil.example' });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    expect(other.headers.get('access-control-expose-headers')).toBeNull();
  });

  it('take their own budget for parts, not the one of calls', async () => {
    const path = await tus.begin(6);
    const answer = await tus.patch(path, 0, bytes('abc'));
    expect(answer.headers.get('ratelimit-limit')).toBe(String(app.config.rateLimits.uploadPerMinute));
  });
});
