// What datasets and models keep counts against their owner's quota, to the byte, and is given back.

import { FILE_QUOTAS } from '../../../src/features/files/file-quota.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { linearOnnx } from '../../support/onnx-models.js';
import { aDataset, settled } from '../datasets/dataset-builders.js';
import { takenBytes } from '../files/file-builders.js';
import { expectProblem } from '../http/expectations.js';
import { addVersion, aModel, aRegression } from './model-builders.js';

describe('the quota', () => {
  let app: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp({ worker: true });
  });
  beforeEach(async () => {
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const remove = (path: string) => app.http().delete(`/api/v1${path}`).set(user.headers).expect(204);
  const upload = (modelId: string, bytes: Buffer) =>
    app.http().post(`/api/v1/models/${modelId}/versions`).set(user.headers).attach('file', bytes, 'm.onnx');
  const leave = async (bytes: number): Promise<void> => {
    await app.database.query(
      `INSERT INTO file_usage (owner_id, bytes) VALUES ($1, $2)
       ON CONFLICT (owner_id) DO UPDATE SET bytes = excluded.bytes`,
      [user.id, FILE_QUOTAS.free - bytes],
    );
  };

  it('counts the table of a dataset beside its file', async () => {
    const { id, fileId } = await aDataset(app, user);
    const ofFile = await sizeOf('files', fileId!);
    expect(await settled(app, user, id)).toMatchObject({ state: 'ready' });
    const ofTable = await sizeOf('datasets', id);
    expect(ofTable).toBeGreaterThan(0);
    expect(await takenBytes(app, user)).toBe(ofFile + ofTable);
    await remove(`/datasets/${id}`);
    expect(await takenBytes(app, user)).toBe(ofFile);
    await remove(`/files/${fileId}`);
    expect(await takenBytes(app, user)).toBe(0);
  });

  it('counts every version of a model, trained or uploaded', async () => {
    const model = await aModel(app, user);
    const trained = await aRegression();
    await addVersion(app, model.id, trained);
    await addVersion(app, model.id, trained);
    const onnx = linearOnnx([1, 2]);
    await upload(model.id, onnx).expect(201);
    expect(await takenBytes(app, user)).toBe(2 * trained.modelBytes.length + onnx.length);
    await remove(`/models/${model.id}`);
    expect(await takenBytes(app, user)).toBe(0);
  });

  it('lets in as many versions as fit, however many come at once', async () => {
    const trained = await aRegression();
    const { length } = trained.modelBytes;
    const models = [await aModel(app, user), await aModel(app, user)];
    await leave(2 * length + 1);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, (_, turn) => addVersion(app, models[turn % 2]!.id, trained)),
    );
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    expect(refused).toEqual(
      Array.from({ length: 4 }, () => expect.objectContaining({ code: 'quota_exceeded' }) as unknown),
    );
    expect(await takenBytes(app, user)).toBe(FILE_QUOTAS.free - 1);
  });

  it('refuses an upload that does not fit, and keeps nothing of it', async () => {
    const model = await aModel(app, user);
    await leave(100);
    expectProblem(await upload(model.id, linearOnnx([1, 2, 3])), 413, 'quota_exceeded');
    expect(await takenBytes(app, user)).toBe(FILE_QUOTAS.free - 100);
    const versions = await app.database.query('SELECT 1 FROM model_versions WHERE model_id = $1', [model.id]);
    expect(versions).toEqual([]);
  });

  it('refuses a table that does not fit, and says so', async () => {
    const rows = Array.from({ length: 50 }, (_, row) => `${row},${row * 2}`);
    const csv = `x,y\n${rows.join('\n')}\n`;
    await leave(csv.length + 1);
    const { id } = await aDataset(app, user, csv);
    expect(await settled(app, user, id)).toMatchObject({
      state: 'invalid',
      error: { code: 'quota_exceeded', detail: expect.stringMatching(/Delete files/) as unknown },
    });
    expect(await takenBytes(app, user)).toBe(FILE_QUOTAS.free - 1);
  });

  async function sizeOf(table: 'files' | 'datasets', id: string): Promise<number> {
    const [row] = await app.database.query<{ size: number }>(
      `SELECT size FROM stored_objects WHERE key = (SELECT storage_key FROM ${table} WHERE id = $1)`,
      [id],
    );
    return row!.size;
  }
});
