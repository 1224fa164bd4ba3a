// Where the store is no folder, files are fetched before they are read, and tables are sent back to it.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetsService } from '../../../src/features/datasets/datasets.service.js';
import type { Principal } from '../../../src/common/auth/principal.js';
import { ObjectStore } from '../../../src/infra/storage/object-store.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { startS3, type S3Server } from '../../support/s3-server.js';
import { aDataset, settled } from './dataset-builders.js';

describe('datasets on an S3-like store', () => {
  let s3: S3Server;
  let app: TestApp;
  let user: SignedInUser;
  const { TMPDIR } = process.env;
  // Nobody else works here.
  const directory = mkdtempSync(join(tmpdir(), 'milepost-datasets-'));

  beforeAll(async () => {
    s3 = await startS3();
    process.env['TMPDIR'] = directory;
    app = await startApp({ settings: s3.settings, worker: true });
    user = await aUser(app);
  });
  afterAll(async () => {
    await app.close();
    await s3.close();
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
    rmSync(directory, { recursive: true, force: true });
  });

  it('become tables, and leave no copy on this machine', async () => {
    const { id } = await aDataset(app, user);
    expect(await settled(app, user, id)).toMatchObject({ state: 'ready', rows: 3 });
    const principal = { userId: user.id } as Principal;
    const { storageKey } = await app.get(DatasetsService).requireReady(principal, id);
    const store = app.get<ObjectStore>(ObjectStore as never);
    expect(store.localPath(storageKey)).toBeUndefined();
    const pieces: Buffer[] = [];
    for await (const piece of await store.read(storageKey)) pieces.push(piece as Buffer);
    // The first and the last four bytes of every Parquet file.
    const parquet = Buffer.concat(pieces).toString('latin1');
    expect([parquet.slice(0, 4), parquet.slice(-4)]).toEqual(['PAR1', 'PAR1']);
    const left = readdirSync(directory).filter((name) => name.startsWith('milepost-work-'));
    expect(left).toEqual([]);
  });

  it('say where a file is broken', async () => {
    const { id } = await aDataset(app, user, 'x,y\n1,2\n3\n');
    expect(await settled(app, user, id)).toMatchObject({ error: { code: 'ragged_row', line: 3 } });
  });
});
