// From the upload to the end of a file: lists, the quota, repeated requests, clients that leave, and deletion.

import { randomUUID } from 'node:crypto';
import { FILE_QUOTAS } from '../../../src/features/files/file-quota.js';
import { UploadAftermath } from '../../../src/features/files/upload-aftermath.js';
import { StoredObjects } from '../../../src/infra/storage/stored-objects.js';
import { startApp, type TestApp } from '../../support/app.js';
import { anAdmin, aUser, type SignedInUser } from '../../support/builders.js';
import { itInFolder } from '../../support/test-storage.js';
import { waitFor } from '../../support/wait-for.js';
import { expectProblem } from '../http/expectations.js';
import {
  aFile,
  BOUNDARY,
  FILES,
  form,
  neededKeys,
  openDescriptors,
  postForm,
  rawCall,
  storedNames,
  takenBytes,
  type ShownFile,
} from './file-builders.js';

describe('files', () => {
  let app: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const list = async (query = '') => {
    const answer = await app.http().get(`${FILES}${query}`).set(user.headers).expect(200);
    return answer.body as { items: ShownFile[]; nextCursor: string | null };
  };
  const rows = () => app.database.query('SELECT id FROM files WHERE owner_id = $1', [user.id]);
  const allBytesAreNeeded = async () =>
    JSON.stringify(storedNames(app).sort()) === JSON.stringify(await neededKeys(app));

  it('are listed, the newest first, each old one once', async () => {
    const files = [];
    for (let index = 0; index < 5; index += 1) files.push(await aFile(app, user, `${index}`, `${index}.txt`));
    const shown: ShownFile[] = [];
    let cursor: string | null = null;
    do {
      const page = await list(`?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      shown.push(...page.items);
      cursor = page.nextCursor;
      await aFile(app, user, 'new');
    } while (cursor);
    expect(shown).toEqual(files.reverse());
    expectProblem(await app.http().get(`${FILES}?cursor=x`).set(user.headers), 422, 'validation_failed');
  });

  it('are gone with their bytes and their part of the quota once deleted', async () => {
    const file = await aFile(app, user, 'to be deleted');
    const before = await takenBytes(app, user);
    const remove = () => app.http().delete(`${FILES}/${file.id}`).set(user.headers);
    expectProblem(await remove().set('If-Match', '"other"'), 412, 'stale_version');
    const { headers } = await app.http().get(`${FILES}/${file.id}`).set(user.headers).expect(200);
    await remove().set('If-Match', String(headers['etag'])).expect(204);
    expect(await takenBytes(app, user)).toBe(before - file.size);
    expectProblem(await remove(), 404, 'file_not_found');
    expectProblem(
      await app.http().get(`${FILES}/${file.id}/content`).set(user.headers),
      404,
      'file_not_found',
    );
    await waitFor('the bytes to be gone', allBytesAreNeeded);
  });

  it('count for administrators', async () => {
    const admin = await anAdmin(app);
    const stats = async () =>
      (await app.http().get('/api/v1/admin/stats').set(admin.headers).expect(200)).body as {
        files: number;
        fileBytes: number;
      };
    const before = await stats();
    await aFile(app, user, '12345');
    expect(await stats()).toMatchObject({ files: before.files + 1, fileBytes: before.fileBytes + 5 });
  });

  it('never take more than the quota, however many come at once', async () => {
    const small = Buffer.alloc(1_000, 'q');
    await app.database.query('UPDATE file_usage SET bytes = $2 WHERE owner_id = $1', [
      user.id,
      FILE_QUOTAS.free - 7_500,
    ]);
    const before = (await rows()).length;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => postForm(app, user, form([{ filename: 'q.txt', content: small }]))),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(7);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expectProblem(answer, 413, 'quota_exceeded');
    }
    expect((await rows()).length).toBe(before + 7);
    expect(await takenBytes(app, user)).toBe(FILE_QUOTAS.free - 500);
    await waitFor('the bytes of the refused ones to be gone', allBytesAreNeeded);
    await app.database.query('UPDATE file_usage SET bytes = 0 WHERE owner_id = $1', [user.id]);
  });

  describe('sent again with the same Idempotency-Key', () => {
    const send = (
      key: string,
      content = 'same',
      filename = 'same.txt',
      body = form([{ filename, content }]),
    ) => postForm(app, user, body, { 'Idempotency-Key': key });

    it('are stored once', async () => {
      const key = randomUUID();
      const before = (await rows()).length;
      const first = await send(key).expect(201);
      // Other boundary, other length, same file.
      const boundary = 'another-boundary';
      const body = Buffer.from(
        form([{ filename: 'same.txt', content: 'same' }])
          .toString()
          .replaceAll(BOUNDARY, boundary),
      );
      const again = await postForm(app, user, body, {
        'Idempotency-Key': key,
        'Content-Type': `multipart/form-data; boundary=${boundary}`,
      }).expect(201);
      expect(again.body).toEqual(first.body);
      expect(again.headers['idempotent-replayed']).toBe('true');
      expect((await rows()).length).toBe(before + 1);
      await waitFor('the second bytes to be gone', allBytesAreNeeded);
    });

    it('are refused when they are another file, or have another name', async () => {
      const key = randomUUID();
      await send(key).expect(201);
      expectProblem(await send(key, 'Same'), 422, 'idempotency_key_reused');
      expectProblem(await send(key, 'same', 'other.txt'), 422, 'idempotency_key_reused');
      expectProblem(await send('no spaces'), 422, 'validation_failed');
      await waitFor('their bytes to be gone', allBytesAreNeeded);
    });

    it('make one file when 20 come at once', async () => {
      const key = randomUUID();
      const before = (await rows()).length;
      const answers = await Promise.all(Array.from({ length: 20 }, () => send(key)));
      const made = answers.filter(({ status }) => status === 201);
      const busy = answers.filter(({ status }) => status !== 201);
      expect(new Set(made.map(({ body }) => (body as ShownFile).id)).size).toBe(1);
      for (const answer of busy) expectProblem(answer, 409, 'idempotency_in_progress');
      expect((await rows()).length).toBe(before + 1);
      await waitFor('all other bytes to be gone', allBytesAreNeeded);
    });
  });

  itInFolder('hold no database connection while their bytes come', async () => {
    const idle = async () => {
      const [row] = await app.database.query<{ count: number }>(
        `SELECT count(*) AS count FROM pg_stat_activity
         WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
      );
      return row?.count;
    };
    // More uploads than the pool has connections.
    const calls = Array.from({ length: 20 }, (_, index) => beginUpload(`open-${index}`));
    await waitFor('the uploads to arrive', () => halfWritten(app) === 20);
    expect(await idle()).toBe(0);
    await list();
    for (const call of calls) call.destroy();
    await waitFor('what they sent to be gone', () => halfWritten(app) === 0);
  });

  itInFolder('leave nothing when 50 clients go away in the middle', async () => {
    const before = (await rows()).length;
    const calls = Array.from({ length: 50 }, () => beginUpload());
    await waitFor('all of them to arrive', () => halfWritten(app) === 50);
    for (const call of calls) call.destroy();
    await waitFor('what they sent to be gone', () => halfWritten(app) === 0);
    await waitFor('its descriptors to be closed', () => openDescriptors(app).length === 0);
    expect((await rows()).length).toBe(before);
    expect(await allBytesAreNeeded()).toBe(true);
    const inAnHour = new Date(Date.now() + 3_600_000);
    expect(await app.get(StoredObjects).sweep(inAnHour, new AbortController().signal)).toBe(0);
    expect(await app.get(UploadAftermath).sweepBytes(inAnHour)).toBe(0);
  });

  /** An upload of which half has been sent. */
  function beginUpload(key?: string) {
    const body = form([{ filename: 'half.txt', content: 'x'.repeat(200_000) }]);
    const call = rawCall(app, FILES, user, {
      method: 'POST',
      headers: {
        'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
        'Content-Length': body.length,
        ...(key ? { 'Idempotency-Key': key } : {}),
      },
    });
    call.on('error', () => undefined);
    call.write(body.subarray(0, 100_000));
    return call;
  }
});

/** How many objects are being written. */
function halfWritten(app: TestApp): number {
  return storedNames(app, 'temporary').length;
}
