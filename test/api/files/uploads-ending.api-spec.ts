// How uploads end: as a file, once, or without a trace.

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { UploadAftermath } from '../../../src/features/files/upload-aftermath.js';
import { AccountErasure } from '../../../src/features/users/account-erasure.js';
import { ObjectStore } from '../../../src/infra/storage/object-store.js';
import { StoredObjects } from '../../../src/infra/storage/stored-objects.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { rawCall, takenBytes } from './file-builders.js';
import { tusOf } from './tus-client.js';

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text));
const idOf = (path: string): string => path.split('/').at(-1) ?? '';

describe('resumable uploads', () => {
  let app: TestApp;
  let user: SignedInUser;
  let tus: ReturnType<typeof tusOf>;
  let store: ObjectStore;

  beforeAll(async () => {
    app = await startApp();
    user = await aUser(app);
    tus = tusOf(app, user);
    store = app.get(ObjectStore as never);
  });
  afterAll(() => app.close());

  const keyOf = async (path: string): Promise<string> => {
    const [row] = await app.database.query<{ key: string }>(
      'SELECT storage_key AS key FROM uploads WHERE id = $1',
      [idOf(path)],
    );
    return row?.key ?? '';
  };

  it('free bytes and quota when they are terminated', async () => {
    const usedBefore = await takenBytes(app, user);
    const path = await tus.begin(1_000);
    await tus.patch(path, 0, bytes('abc'));
    const key = await keyOf(path);
    expect(await store.received(key)).toBe(3);
    expect((await tus.terminate(path)).status).toBe(204);
    expect(await store.received(key)).toBeUndefined();
    expect(await takenBytes(app, user)).toBe(usedBefore);
    expect((await tus.head(path)).status).toBe(404);
    expect((await tus.terminate(path)).status).toBe(404);
  });

  it('end when they expire, and then free bytes and quota', async () => {
    const usedBefore = await takenBytes(app, user);
    const path = await tus.begin(1_000);
    await tus.patch(path, 0, bytes('abc'));
    const key = await keyOf(path);
    await app.database.query(`UPDATE uploads SET expires_at = now() - interval '1 second' WHERE id = $1`, [
      idOf(path),
    ]);
    expect((await tus.head(path)).status).toBe(410);
    expect(await tus.patch(path, 3, bytes('d'))).toMatchObject({ status: 410, code: 'upload_gone' });
    expect(await app.get(UploadAftermath).purge(new AbortController().signal)).toBe(1);
    expect(await store.received(key)).toBeUndefined();
    expect(await takenBytes(app, user)).toBe(usedBefore);
    const rows = await app.database.query('SELECT 1 FROM stored_objects WHERE key = $1', [key]);
    expect(rows).toEqual([]);
    expect((await tus.head(path)).status).toBe(404);
  });

  it('lose bytes that no row speaks of, and no others', async () => {
    const path = await tus.begin(10);
    await tus.patch(path, 0, bytes('abc'));
    const orphan = app.get(StoredObjects).newKey();
    await store.begin(orphan);
    expect(await app.get(UploadAftermath).sweepBytes(new Date(Date.now() + 60_000))).toBe(1);
    expect(await store.received(orphan)).toBeUndefined();
    expect((await tus.head(path)).headers.get('upload-offset')).toBe('3');
  });

  it('go with the account', async () => {
    const leaver = await aUser(app);
    const path = await tusOf(app, leaver).begin(10);
    await tusOf(app, leaver).patch(path, 0, bytes('abc'));
    const key = await keyOf(path);
    await app.get(AccountErasure).erase(leaver.id);
    expect(await store.received(key)).toBeUndefined();
    expect(await app.database.query('SELECT 1 FROM stored_objects WHERE key = $1', [key])).toEqual([]);
  });

  it('keep what had arrived when the client left in the middle of a piece', async () => {
    const content = Buffer.alloc(300_000, 'milepost');
    const path = await tus.begin(content.length);
    const call = rawCall(app, path, user, {
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'content-length': String(content.length),
      },
    });
    call.on('error', () => undefined);
    call.write(content.subarray(0, 200_000));
    const key = await keyOf(path);
    const arrived = () => store.received(key);
    await waitFor('bytes to arrive', arrived);
    call.destroy();
    const offset = Number((await tus.head(path)).headers.get('upload-offset'));
    expect(offset).toBe(await arrived());
    const last = await tus.patch(path, offset, Uint8Array.from(content.subarray(offset)));
    const id = last.headers.get('upload-file-id');
    const { body } = await app.http().get(`/api/v1/files/${id}`).set(user.headers).expect(200);
    expect(body).toMatchObject({ sha256: createHash('sha256').update(content).digest('hex') });
  });

  it('become a file once, when many send the last bytes at once', async () => {
    const path = await tus.begin(3);
    const answers = await Promise.all(Array.from({ length: 6 }, () => tus.patch(path, 0, bytes('abc'))));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(5);
    const files = await app.database.query(
      'SELECT f.id FROM files f JOIN uploads u ON u.file_id = f.id WHERE u.id = $1',
      [idOf(path)],
    );
    expect(files).toHaveLength(1);
  });

  it.each(['before', 'after'])(
    'become a file when asked, if a process died %s completing the bytes',
    async (when) => {
      const path = await tus.begin(6);
      await tus.patch(path, 0, bytes('abc'));
      const key = await keyOf(path);
      // As another process would have done it before its end.
      await store.append(key, 3, Readable.from([bytes('def')]));
      if (when === 'after') await store.complete(key);
      const head = await tus.head(path);
      expect([head.status, head.headers.get('upload-offset')]).toEqual([200, '6']);
      const id = head.headers.get('upload-file-id');
      const { body } = await app.http().get(`/api/v1/files/${id}`).set(user.headers).expect(200);
      const sha256 = createHash('sha256').update('abcdef').digest('hex');
      expect(body).toMatchObject({ size: 6, sha256 });
      const repeated = await tus.patch(path, 6, bytes(''));
      expect([repeated.status, repeated.headers.get('upload-file-id')]).toEqual([204, id]);
    },
  );
});
