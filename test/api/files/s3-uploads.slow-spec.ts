// Resumable uploads and links with an S3-compatible store behind them.

import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { startS3, type S3Server } from '../../support/s3-server.js';
import { takenBytes, type ShownFile } from './file-builders.js';
import { tusOf } from './tus-client.js';

describe('resumable uploads on S3', () => {
  let s3: S3Server;
  let one: TestApp;
  let other: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    s3 = await startS3();
    const settings = { ...s3.settings, S3_PRESIGNED_DOWNLOADS: 'true' };
    one = await startApp({ settings });
    other = await startApp({ settings, services: one.services });
    user = await aUser(one);
  });
  afterAll(async () => {
    await other.close();
    await one.close();
    await s3.close();
  });

  it('go on in another process, in pieces of any size, to the right hash', async () => {
    const content = Uint8Array.from(randomBytes(12_000_000));
    const path = await tusOf(one, user).begin(content.length, 'large.bin');
    const pieces: [app: TestApp, from: number, to: number][] = [
      [one, 0, 6_000_001],
      [other, 6_000_001, 6_000_011],
      [other, 6_000_011, 12_000_000],
    ];
    let id: string | null = null;
    for (const [app, from, to] of pieces) {
      const tus = tusOf(app, user);
      expect((await tus.head(path)).headers.get('upload-offset')).toBe(String(from));
      const piece = content.slice(from, to);
      const checksum = createHash('sha1').update(piece).digest('base64');
      const answer = await tus.patch(path, from, piece, { 'upload-checksum': `sha1 ${checksum}` });
      expect(answer.status).toBe(204);
      id = answer.headers.get('upload-file-id');
    }
    const { body } = await one.http().get(`/api/v1/files/${id}`).set(user.headers).expect(200);
    expect((body as ShownFile).sha256).toBe(createHash('sha256').update(content).digest('hex'));

    // A link never leads to the store: its URL would work again, and after the link was revoked.
    const made = await one
      .http()
      .post(`/api/v1/files/${id}/links`)
      .set(user.headers)
      .send({ expiresIn: 60, maxDownloads: 1 })
      .expect(201);
    const { pathname } = new URL((made.body as { url: string }).url);
    const download = await fetch(`${one.url}${pathname}`, { redirect: 'manual' });
    expect(download.status).toBe(200);
    expect(Buffer.from(await download.arrayBuffer()).equals(content)).toBe(true);
    await one.http().get(pathname).expect(410);
  });

  it('leave nothing when they are terminated', async () => {
    const names = () =>
      readdirSync(s3.directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => `${parentPath}/${name}`)
        .sort();
    const usedBefore = await takenBytes(one, user);
    const storedBefore = names();
    const tus = tusOf(one, user);
    const path = await tus.begin(20_000_000);
    await tus.patch(path, 0, new Uint8Array(6_000_000));
    expect(names()).not.toEqual(storedBefore);
    expect((await tus.terminate(path)).status).toBe(204);
    expect(names()).toEqual(storedBefore);
    expect((await tus.head(path)).status).toBe(404);
    expect(await takenBytes(one, user)).toBe(usedBefore);
  });
});
