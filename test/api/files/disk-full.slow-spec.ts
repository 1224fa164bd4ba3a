// A store on a disk of 16 MiB, which two uploads do not fit on. Needs root, to mount it.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { expectProblem } from '../http/expectations.js';
import { aFile, form, neededKeys, postForm, storedNames, takenBytes } from './file-builders.js';
import { tusOf } from './tus-client.js';

const isRoot = process.getuid?.() === 0;
const MIB = 1024 * 1024;

(isRoot ? describe : describe.skip)('a full disk', () => {
  let app: TestApp;
  let user: SignedInUser;
  const directory = mkdtempSync(join(tmpdir(), 'milepost-disk-'));

  beforeAll(async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', directory]);
    app = await startApp({ settings: { STORAGE_DIR: join(directory, 'storage') } });
    user = await aUser(app);
  });
  afterAll(async () => {
    await app.close();
    execFileSync('umount', [directory]);
    rmdirSync(directory);
  });

  it('refuses what does not fit, keeps nothing of it, and takes the next small file', async () => {
    const first = await aFile(app, user, Buffer.alloc(10 * MIB), 'first.bin');
    const body = form([{ filename: 'second.bin', content: Buffer.alloc(10 * MIB) }]);
    const answers = await Promise.all([postForm(app, user, body), postForm(app, user, body)]);
    for (const answer of answers) expectProblem(answer, 507, 'storage_full');
    await waitFor('what came to be gone', async () => {
      return JSON.stringify(storedNames(app)) === JSON.stringify(await neededKeys(app));
    });
    expect(await takenBytes(app, user)).toBe(first.size);

    const small = await aFile(app, user, Buffer.alloc(MIB, 's'), 'small.bin');
    const content = await app
      .http()
      .get(`/api/v1/files/${small.id}/content`)
      .set(user.headers)
      .responseType('blob')
      .expect(200);
    expect((content.body as Buffer).length).toBe(MIB);
    await app.http().get('/health/ready').expect(200);
  });

  it('keeps what fits of a resumable upload, and frees it when that is terminated', async () => {
    const tus = tusOf(app, user);
    const path = await tus.begin(10 * MIB);
    expect(await tus.patch(path, 0, new Uint8Array(10 * MIB))).toMatchObject({
      status: 507,
      code: 'storage_full',
    });
    const offset = Number((await tus.head(path)).headers.get('upload-offset'));
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThan(10 * MIB);
    expect((await tus.terminate(path)).status).toBe(204);
    expect(storedNames(app).sort()).toEqual(await neededKeys(app));

    const small = await tus.begin(3);
    expect((await tus.patch(small, 0, Uint8Array.of(1, 2, 3))).headers.get('upload-file-id')).toBeTruthy();
  });
});
