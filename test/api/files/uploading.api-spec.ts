// What becomes a file, under which name and type, and that what does not become one leaves nothing.

import { createHash, randomBytes } from 'node:crypto';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { expectProblem } from '../http/expectations.js';
import {
  aFile,
  BOUNDARY,
  FILES,
  form,
  neededKeys,
  postForm,
  storedNames,
  takenBytes,
  type Part,
} from './file-builders.js';

const LIMIT = 10 * 1024 * 1024;
const formType = `multipart/form-data; boundary=${BOUNDARY}`;

describe('uploading a file', () => {
  let app: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const send = (part: Part) => postForm(app, user, form([part]));
  const content = (id: string) =>
    app.http().get(`${FILES}/${id}/content`).set(user.headers).responseType('blob').expect(200);

  /** Runs `attempt` and then expects that nothing of it is left. */
  async function leavingNothing(attempt: () => Promise<unknown>): Promise<void> {
    const state = async () =>
      JSON.stringify([storedNames(app).sort(), await neededKeys(app), await takenBytes(app, user)]);
    const before = await state();
    await attempt();
    // A form that breaks off is answered while what has come of its file is being removed.
    await waitFor('everything to be as before', async () => (await state()) === before);
  }

  it('stores it under a random key and shows what it is', async () => {
    const bytes = randomBytes(100_000);
    const file = await aFile(app, user, bytes, 'photo.bin');
    expect(file).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      filename: 'photo.bin',
      size: 100_000,
      contentType: 'application/octet-stream',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      createdAt: expect.stringMatching(/Z$/),
      downloadUrl: `http://localhost:3000/api/v1/files/${file.id}/content`,
    });
    expect(((await content(file.id)).body as Buffer).equals(bytes)).toBe(true);
    const shown = await app.http().get(`${FILES}/${file.id}`).set(user.headers).expect(200);
    expect(shown.body).toEqual(file);
    expect(storedNames(app).every((name) => /^[0-9a-f]{32}$/.test(name))).toBe(true);
    expect(storedNames(app).sort()).toEqual(await neededKeys(app));
  });

  it('takes 10 MiB and an empty file', async () => {
    const whole = Buffer.alloc(LIMIT, 'a');
    expect((await aFile(app, user, whole)).size).toBe(LIMIT);
    const empty = await aFile(app, user, '', 'empty.csv');
    expect([empty.size, empty.contentType]).toEqual([0, 'text/csv']);
    expect((await content(empty.id)).body).toEqual(Buffer.alloc(0));
  });

  it('refuses one byte more, with and without an announced length', async () => {
    const body = form([{ filename: 'a.bin', content: Buffer.alloc(LIMIT + 1) }]);
    await leavingNothing(async () => {
      expectProblem(await postForm(app, user, body), 413, 'file_too_large');
      const chunked = await fetch(`${app.url}${FILES}`, {
        method: 'POST',
        headers: { ...user.headers, 'content-type': formType },
        body: new Blob([new Uint8Array(body)]).stream(),
        duplex: 'half',
      } as RequestInit);
      expect([chunked.status, ((await chunked.json()) as { code: string }).code]).toEqual([
        413,
        'file_too_large',
      ]);
      const much = form([{ filename: 'a.bin', content: Buffer.alloc(2 * LIMIT) }]);
      expectProblem(await postForm(app, user, much), 413, 'file_too_large');
    });
  });

  it.each([
    ['directories', '../../x', 'x'],
    ['other directories', '..\\\\..\\\\x', 'x'],
    ['any script', '文件 📎.pdf', '文件 📎.pdf'],
    ['a quote as browsers escape it', 'a%22b.txt', 'a"b.txt'],
    ['a quote as RFC 2183 escapes it', 'a\\"b.txt', 'a"b.txt'],
    ['a percent sign', '50%.txt', '50%.txt'],
    ['semicolons', "a;b='c'.txt", "a;b='c'.txt"],
    ['255 characters', 'é'.repeat(255), 'é'.repeat(255)],
  ])('keeps a name with %s', async (_name, filename, shown) => {
    const file = await aFile(app, user, 'content', filename);
    expect(file.filename).toBe(shown);
    const headers = (await content(file.id)).headers as Record<string, string>;
    const encoded = /filename\*=UTF-8''([^;]+)/.exec(String(headers['content-disposition']))?.[1];
    const plain = /filename="((?:[^"\\]|\\.)*)"|filename=([^\s;"]+)/.exec(
      String(headers['content-disposition']),
    );
    const received = encoded
      ? decodeURIComponent(encoded)
      : (plain?.[1] ?? plain?.[2])?.replace(/\\(.)/g, '$1');
    expect(received).toBe(shown);
    expect(headers['content-disposition']).toMatch(/^attachment; [\x20-\x7e]+$/);
  });

  it.each([
    ['a line break as browsers escape it', 'a%0D%0ASet-Cookie: x=1'],
    ['a right-to-left override', 'report\u202Efdp.exe'],
    ['300 characters', 'x'.repeat(300)],
    ['dots only', '..'],
    ['spaces only', '   '],
  ])('refuses a name with %s', async (_name, filename) => {
    await leavingNothing(async () => {
      const { errors } = expectProblem(await send({ filename }), 422, 'validation_failed') as {
        errors: { path: string }[];
      };
      expect(errors.map(({ path }) => path)).toEqual(['filename']);
    });
  });

  const file = { filename: 'a.txt' };
  it.each<[string, Buffer]>([
    ['no part', form([])],
    ['a part without a filename', form([{}])],
    ['an empty filename', form([{ filename: '' }])],
    ['two files', form([file, file])],
    ['another field', form([{ ...file, name: 'upload' }])],
    ['a file beside one of another field', form([file, { ...file, name: 'upload' }])],
    ['a form that breaks off', form([file], '')],
    [
      'a form that breaks off in its content',
      form([{ ...file, content: 'x'.repeat(99_999) }]).subarray(0, 90_000),
    ],
    ['another boundary', Buffer.from(form([file]).toString().replaceAll('a-boundary', 'b-boundary'))],
    ['very many fields', form([...Array.from({ length: 20 }, (_, index) => ({ name: `f${index}` })), file])],
    ['bytes that are no form', Buffer.from('hello')],
  ])('refuses %s and leaves nothing', async (_name, body) => {
    await leavingNothing(async () => {
      expectProblem(await postForm(app, user, body), 400, 'bad_request');
    });
  });

  it('names a field that it does not know', async () => {
    await leavingNothing(async () => {
      const answer = await postForm(app, user, form([{ name: 'ownerId', content: 'me' }, file]));
      expect(expectProblem(answer, 422, 'validation_failed')['errors']).toEqual([
        { path: 'ownerId', message: 'is not a known field' },
      ]);
    });
  });

  it('answers other content types with 415 and names the one it takes', async () => {
    const json = await app.http().post(FILES).set(user.headers).send({ file: 'x' });
    expectProblem(json, 415, 'unsupported_media_type');
    expect(json.body.detail).toContain('multipart/form-data');
    expect(json.headers['accept']).toBe('multipart/form-data');
    expectProblem(await app.http().post(FILES).set(user.headers), 415, 'unsupported_media_type');
    const mixed = await postForm(app, user, form([file]), { 'Content-Type': 'multipart/mixed; boundary=x' });
    expectProblem(mixed, 415, 'unsupported_media_type');
    const zipped = await postForm(app, user, form([file]), { 'Content-Encoding': 'gzip' });
    expectProblem(zipped, 415, 'unsupported_media_type');
    const unbound = await postForm(app, user, form([file]), { 'Content-Type': 'multipart/form-data' });
    expectProblem(unbound, 400, 'bad_request');
  });

  it.each([
    ['HTML', '<!doctype html><script>alert(1)</script>', 'text/html'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image/svg+xml'],
  ])(
    'keeps %s that is sent as PNG for what it is, and lets it out as an attachment only',
    async (_n, text, type) => {
      const answer = await send({ filename: 'cat.png', type: 'image/png', content: text }).expect(201);
      expect(answer.body.contentType).toBe(type);
      const { headers } = await content(answer.body.id as string);
      expect(headers).toMatchObject({
        'content-type': type,
        'content-disposition': 'attachment; filename=cat.png',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      });
    },
  );
});
