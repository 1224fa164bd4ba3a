// Resumable uploads through two API processes on the same database and store.

import { createHash, randomBytes } from 'node:crypto';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { answerOf, rawCall, type ShownFile } from './file-builders.js';
import { tusOf } from './tus-client.js';

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text));
const idOf = (path: string): string => path.split('/').at(-1) ?? '';

describe('resumable uploads through two processes', () => {
  let one: TestApp;
  let other: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    one = await startApp();
    other = await startApp({ services: one.services });
    user = await aUser(one);
  });
  afterAll(async () => {
    await other.close();
    await one.close();
  });

  const here = () => tusOf(one, user);
  const there = () => tusOf(other, user);

  const lock = (path: string, seconds: number) =>
    one.database.query(
      `UPDATE uploads SET lock_token = gen_random_uuid(), locked_until = now() + $2 * interval '1 second'
       WHERE id = $1`,
      [idOf(path), seconds],
    );

  /** A PATCH whose body has begun and does not go on by itself. */
  const beginPatch = async (path: string, size: number, start: string) => {
    const call = rawCall(one, path, user, {
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'content-length': String(size),
      },
    });
    const answer = answerOf(call);
    call.write(start);
    await waitFor('the PATCH to hold the upload', async () => {
      const [row] = await one.database.query<{ held: boolean }>(
        'SELECT locked_until > now() AS held FROM uploads WHERE id = $1',
        [idOf(path)],
      );
      return row?.held;
    });
    return { call, answer };
  };

  it('become one file when both send the last bytes', async () => {
    for (let round = 0; round < 5; round += 1) {
      const path = await here().begin(3);
      const answers = await Promise.all([
        here().patch(path, 0, bytes('abc')),
        there().patch(path, 0, bytes('abc')),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
      const done = answers.find(({ status }) => status === 204);
      expect((await there().head(path)).headers.get('upload-file-id')).toBe(
        done?.headers.get('upload-file-id'),
      );
    }
    const [row] = await one.database.query<{ files: number }>('SELECT count(*) AS files FROM files');
    expect(row?.files).toBe(5);
  });

  it('have the right hash when their parts go here and there', async () => {
    const content = Uint8Array.from(randomBytes(400_000));
    const path = await here().begin(content.length);
    let id: string | null = null;
    for (const [index, tus] of [here(), there(), here(), there()].entries()) {
      const offset = index * 100_000;
      const answer = await tus.patch(path, offset, content.slice(offset, offset + 100_000));
      expect(answer.status).toBe(204);
      id = answer.headers.get('upload-file-id');
    }
    const { body } = await one.http().get(`/api/v1/files/${id}`).set(user.headers).expect(200);
    expect((body as ShownFile).sha256).toBe(createHash('sha256').update(content).digest('hex'));
  });

  it('are taken over from a request that does not go on, which ends in good order', async () => {
    const path = await here().begin(6);
    const { call, answer } = await beginPatch(path, 6, 'abc');
    const head = await there().head(path);
    expect([head.status, head.headers.get('upload-offset')]).toEqual([200, '3']);
    const ended = await answer;
    expect([ended.statusCode, ended.headers['upload-offset']]).toEqual([204, '3']);
    call.destroy();
    const last = await there().patch(path, 3, bytes('def'));
    const content = await one
      .http()
      .get(`/api/v1/files/${last.headers.get('upload-file-id')}/content`)
      .set(user.headers)
      .expect(200);
    expect(content.text).toBe('abcdef');
  });

  it('go on when the lease of a dead process is over, and not before', async () => {
    const path = await here().begin(3);
    await lock(path, 2);
    expect((await there().head(path)).status).toBe(200);
    await lock(path, 3_600);
    expect(await there().patch(path, 0, bytes('abc'))).toMatchObject({ status: 423, code: 'upload_locked' });
  });

  it('end a request whose lock is lost', async () => {
    const path = await here().begin(6);
    const { call, answer } = await beginPatch(path, 6, 'abc');
    await lock(path, 3_600);
    const ended = await answer;
    expect(ended.statusCode).toBe(423);
    call.destroy();
  });
});
