// The content of a file: the whole, parts of it, or the news that nothing has changed, for its owner alone.

import { randomBytes, randomUUID } from 'node:crypto';
import { FileDownload } from '../../../src/features/files/file-download.js';
import { ObjectStore } from '../../../src/infra/storage/object-store.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { itInFolder } from '../../support/test-storage.js';
import { waitFor } from '../../support/wait-for.js';
import { expectProblem } from '../http/expectations.js';
import { aFile, answerOf, FILES, openDescriptors, rawCall, type ShownFile } from './file-builders.js';

const SIZE = 300_000;

/** Jest compares buffers byte by byte, in seconds. */
const bytesOf = ({ body }: { body: unknown }): Buffer => body as Buffer;

describe('downloading a file', () => {
  let app: TestApp;
  let user: SignedInUser;
  let file: ShownFile;
  const bytes = randomBytes(SIZE);

  beforeAll(async () => {
    app = await startApp();
    user = await aUser(app);
    file = await aFile(app, user, bytes, 'data.bin');
  });
  afterAll(() => app.close());

  const path = () => `${FILES}/${file.id}/content`;
  const get = (headers: Record<string, string> = {}) =>
    app.http().get(path()).set(user.headers).set(headers).responseType('blob');

  it('gives the whole with what a client needs to know', async () => {
    const answer = await get().expect(200);
    expect(bytesOf(answer).equals(bytes)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(SIZE),
      'content-disposition': 'attachment; filename=data.bin',
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      etag: `"${file.sha256}"`,
      'x-content-type-options': 'nosniff',
    });
  });

  it.each([
    ['the first byte', 'bytes=0-0', 0, 0],
    ['the last byte', `bytes=${SIZE - 1}-`, SIZE - 1, SIZE - 1],
    ['the last 1,000', 'bytes=-1000', SIZE - 1_000, SIZE - 1],
    ['more than the store reads at once', 'bytes=1000-270000', 1_000, 270_000],
    ['an end behind the file', 'bytes=299999-400000', SIZE - 1, SIZE - 1],
    ['a suffix longer than the file', 'bytes=-400000', 0, SIZE - 1],
    ['parts that make one', 'bytes=0-99,100-199', 0, 199],
  ])('gives %s', async (_name, range, start, end) => {
    const answer = await get({ Range: range }).expect(206);
    expect(answer.headers['content-range']).toBe(`bytes ${start}-${end}/${SIZE}`);
    expect(answer.headers['content-length']).toBe(String(end - start + 1));
    expect(bytesOf(answer).equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  it.each([
    ['scattered parts', 'bytes=0-0,2-2,4-4'],
    ['the whole many times over', `bytes=${'0-,'.repeat(1_000)}0-`],
    ['nonsense', 'bytes=5-4'],
    ['another unit', 'pages=1-2'],
  ])('gives the whole, once, to who asks for %s', async (_name, range) => {
    const answer = await get({ Range: range }).expect(200);
    expect(answer.headers).not.toHaveProperty('content-range');
    expect(bytesOf(answer).equals(bytes)).toBe(true);
  });

  it('has nothing behind the end', async () => {
    const answer = await app.http().get(path()).set(user.headers).set('Range', `bytes=${SIZE}-`);
    expectProblem(answer, 416, 'range_not_satisfiable');
    expect(answer.headers['content-range']).toBe(`bytes */${SIZE}`);
    expect(answer.headers).not.toHaveProperty('content-disposition');
  });

  it('answers 304 to who has the content already', async () => {
    const answer = await get({ 'If-None-Match': `"other", "${file.sha256}"`, Range: 'bytes=0-0' }).expect(
      304,
    );
    expect(answer.headers['etag']).toBe(`"${file.sha256}"`);
    expect(answer.headers).not.toHaveProperty('content-length');
    await get({ 'If-None-Match': '*' }).expect(304);
    await get({ 'If-None-Match': '"other"' }).expect(200);
  });

  it('gives a part of the same content only', async () => {
    await get({ Range: 'bytes=0-0', 'If-Range': `"${file.sha256}"` }).expect(206);
    await get({ Range: 'bytes=0-0', 'If-Range': `W/"${file.sha256}"` }).expect(200);
    await get({ Range: 'bytes=0-0', 'If-Range': '"other"' }).expect(200);
    await get({ Range: 'bytes=0-0', 'If-Range': new Date().toUTCString() }).expect(200);
  });

  it('answers HEAD like GET, without the content', async () => {
    const whole = await get();
    const head = await app.http().head(path()).set(user.headers).set('Range', 'bytes=0-0').expect(200);
    for (const name of ['content-type', 'content-length', 'content-disposition', 'etag', 'accept-ranges']) {
      expect([name, head.headers[name]]).toEqual([name, whole.headers[name]]);
    }
    await app.http().head(path()).set(user.headers).set('If-None-Match', `"${file.sha256}"`).expect(304);
  });

  it('does not exist for anybody else', async () => {
    const stranger = await aUser(app);
    const as = (call: ReturnType<ReturnType<TestApp['http']>['get']>) => call.set(stranger.headers);
    for (const suffix of ['', '/content']) {
      const url = `${FILES}/${file.id}${suffix}`;
      expectProblem(await as(app.http().get(url)), 404, 'file_not_found');
      const ranged = app
        .http()
        .get(url)
        .set({ Range: 'bytes=0-0', 'If-None-Match': `"${file.sha256}"` });
      expectProblem(await as(ranged), 404, 'file_not_found');
      expect((await as(app.http().head(url))).status).toBe(404);
    }
    expectProblem(await as(app.http().delete(`${FILES}/${file.id}`)), 404, 'file_not_found');
    const none = await app.http().get(`${FILES}/${randomUUID()}/content`).set(user.headers);
    expectProblem(none, 404, 'file_not_found');
    expect((await as(app.http().get(FILES))).body).toEqual({
      items: [],
      nextCursor: null,
    });
    await get().expect(200);
  });

  describe('of 10 MiB', () => {
    let large: ShownFile;
    const begin = async () => {
      const call = rawCall(app, `${FILES}/${large.id}/content`, user);
      call.on('error', () => undefined);
      call.end();
      const answer = await answerOf(call);
      answer.on('error', () => undefined);
      return { call, answer };
    };

    beforeAll(async () => {
      large = await aFile(app, user, Buffer.alloc(10 * 1024 * 1024, 'x'), 'large.txt');
    });

    itInFolder('closes the file when the client leaves', async () => {
      const downloads = await Promise.all(Array.from({ length: 10 }, begin));
      await waitFor('the downloads to be open', () => openDescriptors(app).length === 10);
      for (const { call } of downloads) call.destroy();
      await waitFor('the files to be closed', () => openDescriptors(app).length === 0);
    });

    it('cuts a client that does not read', async () => {
      const downloads = app.get(FileDownload);
      downloads.readerPatienceMs = 300;
      const { answer } = await begin();
      await waitFor('the file to be closed', () => openDescriptors(app).length === 0);
      answer.resume();
      await waitFor('the client to notice', () => answer.destroyed);
      expect(answer.complete).toBe(false);
      downloads.readerPatienceMs = 30_000;
      await get().expect(200);
    });
  });

  it('redirects to the store where that gives URLs', async () => {
    const url = 'https://store.example.com/bucket/key?signature=x';
    const presigned = jest
      .spyOn(app.get<ObjectStore>(ObjectStore as never), 'presignedUrl')
      .mockResolvedValue(url);
    try {
      const answer = await app.http().get(path()).set(user.headers).redirects(0).expect(302);
      expect(answer.headers).toMatchObject({ location: url, 'cache-control': 'no-store' });
      expect(presigned.mock.calls[0]?.[1]).toEqual({
        contentDisposition: 'attachment; filename=data.bin',
        contentType: 'application/octet-stream',
        expiresInSeconds: 300,
      });
      await get({ 'If-None-Match': `"${file.sha256}"` }).expect(304);
      await app.http().head(path()).set(user.headers).redirects(0).expect(200);
    } finally {
      presigned.mockRestore();
    }
  });
});
