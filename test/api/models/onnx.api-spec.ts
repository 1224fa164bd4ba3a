// Models that were trained elsewhere: uploaded in ONNX, tried out where they can do no harm, and asked.

import { writeFile } from 'node:fs/promises';
import { ObjectStore } from '../../../src/infra/storage/object-store.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { externalDataOnnx, linearOnnx, softmaxOnnx } from '../../support/onnx-models.js';
import { ask, asking, codeOf } from '../predictions/prediction-builders.js';
import { aClassification, addVersion, aModel, aRegression, type ModelBody } from './model-builders.js';

describe('a model in ONNX', () => {
  let app: TestApp;
  let owner: SignedInUser;
  let model: ModelBody;

  beforeAll(async () => {
    app = await startApp();
    owner = await aUser(app);
    model = await aModel(app, owner);
  });
  afterAll(() => app.close());

  const upload = (bytes: Buffer, user = owner, modelId = model.id) =>
    app
      .http()
      .post(`/api/v1/models/${modelId}/versions`)
      .set(user.headers)
      .attach('file', bytes, 'model.onnx');
  const onnxPath = (modelId: string, number = 1) => `/api/v1/models/${modelId}/versions/${number}/onnx`;
  const download = (modelId: string, user: SignedInUser, number?: number) =>
    app.http().get(onnxPath(modelId, number)).set(user.headers).buffer(true);
  const storedObjects = async () =>
    (await app.database.query<{ count: number }>('SELECT count(*) AS count FROM stored_objects'))[0]!.count;

  it('becomes a version that answers rows of numbers', async () => {
    const answer = await upload(linearOnnx([2, -1], 3)).expect(201);
    const number = (answer.body as { number: number }).number;
    expect(answer.body).toMatchObject({
      modelId: model.id,
      source: 'upload',
      algorithm: 'onnx',
      task: 'regression',
      features: [
        { name: 'x0', type: 'number' },
        { name: 'x1', type: 'number' },
      ],
      target: null,
      metrics: null,
    });
    const first = await ask(app, owner, model.id, [[1, 2], { x0: 0, x1: 4 }]);
    expect(first).toMatchObject({ version: number, predictions: [3, -1], cached: false });
    expect((await ask(app, owner, model.id, [5, 5])).predictions).toEqual([8]);
    expect(await ask(app, owner, model.id, [[1, 2], { x0: 0, x1: 4 }])).toMatchObject({
      predictions: [3, -1],
      cached: true,
    });
    const wrong = await asking(app, owner, model.id, { x0: 1, x1: 'two' }).expect(422);
    expect((wrong.body as { errors: { path: string }[] }).errors[0]!.path).toBe('input.x1');
    // What is missing reaches the model as NaN, and this one cannot make a number of that.
    expect(codeOf(await asking(app, owner, model.id, [null, 1]).expect(422))).toBe('onnx_failed');
  });

  it('with a number per class gives classes and probabilities', async () => {
    const answer = await upload(softmaxOnnx(3)).expect(201);
    expect(answer.body).toMatchObject({ task: 'classification', classes: [0, 1, 2] });
    const { predictions, probabilities } = await ask(app, owner, model.id, [0, 5, 0]);
    expect(predictions).toEqual([1]);
    expect(probabilities![0]!.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  });

  it.each([['has its data elsewhere', () => externalDataOnnx('../../../etc/passwd'), /in other files/]])(
    'that %s is refused and leaves nothing',
    async (_what, bytes, reason) => {
      const before = await storedObjects();
      const refused = await upload(bytes()).expect(422);
      expect(codeOf(refused)).toBe('onnx_invalid');
      expect((refused.body as { detail: string }).detail).toMatch(reason);
      expect(JSON.stringify(refused.body)).not.toMatch(/onnxruntime|azure|passwd/);
      expect(await storedObjects()).toBe(before);
    },
  );

  it('is not taken for somebody else’s model', async () => {
    const stranger = await aUser(app);
    expect(codeOf(await upload(linearOnnx([1]), stranger).expect(404))).toBe('model_not_found');
  });

  it('is taken once for one Idempotency-Key', async () => {
    const { id } = await aModel(app, owner);
    const send = () =>
      upload(linearOnnx([1]), owner, id)
        .set('Idempotency-Key', 'once')
        .expect(201);
    const first = await send();
    expect((await send()).body).toEqual(first.body);
  });

  it('is given back as it came', async () => {
    const { id } = await aModel(app, owner, { name: 'Größe' });
    const bytes = linearOnnx([4]);
    await upload(bytes, owner, id).expect(201);
    const answer = await download(id, owner).expect(200);
    expect(answer.body).toEqual(bytes);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': expect.stringMatching(/^attachment; .*Gr%C3%B6%C3%9Fe%201\.onnx/) as string,
      'cache-control': expect.stringMatching(/private|no-store/) as string,
    });
  });

  it('can be made of one trained here, and answers the same as a version of another', async () => {
    const trained = await aModel(app, owner);
    await addVersion(app, trained.id, await aClassification());
    const file = (await download(trained.id, owner).expect(200)).body as Buffer;
    const other = await aModel(app, owner);
    const version = (await upload(file, owner, other.id).expect(201)).body as { features: object[] };
    expect(version).toMatchObject({ number: 1, task: 'classification', algorithm: 'onnx' });

    const details = await app.http().get(`/api/v1/models/${trained.id}/versions/1`).set(owner.headers);
    const { features } = details.body as { features: { name: string; categories?: string[] }[] };
    expect(version.features).toHaveLength(features.length);
    const row = { a: 0.4, b: null, colour: 'grey', city: 'city 7' };
    const coded = features.map(({ name, categories }) => {
      const value = row[name as keyof typeof row];
      return categories ? categories.indexOf(String(value)) : value;
    });
    const asked = await ask(app, owner, trained.id, row);
    const askedThere = await ask(app, owner, other.id, coded);
    expect(askedThere.predictions).toEqual(asked.predictions);
    for (const [place, share] of asked.probabilities![0]!.entries())
      expect(askedThere.probabilities![0]![place]).toBeCloseTo(share, 5);
  });

  it('is given to those who may see the model', async () => {
    const stranger = await aUser(app);
    const { id } = await aModel(app, owner);
    await addVersion(app, id, await aRegression());
    expect(codeOf(await download(id, stranger).expect(404))).toBe('model_not_found');
    expect(codeOf(await download(id, owner, 2).expect(404))).toBe('model_version_not_found');
    await app
      .http()
      .patch(`/api/v1/models/${id}`)
      .set(owner.headers)
      .send({ visibility: 'public' })
      .expect(200);
    expect(((await download(id, stranger).expect(200)).body as Buffer).length).toBeGreaterThan(100);
  });

  it('whose bytes were damaged answers nothing', async () => {
    const { id } = await aModel(app, owner);
    await upload(linearOnnx([1]), owner, id).expect(201);
    const [row] = await app.database.query<{ key: string }>(
      'SELECT storage_key AS key FROM model_versions WHERE model_id = $1',
      [id],
    );
    const store = app.get<ObjectStore>(ObjectStore as never);
    await writeFile(store.localPath(row!.key)!, linearOnnx([2]));
    expect(codeOf(await asking(app, owner, id, [1]).expect(500))).toBe('model_damaged');
    expect(codeOf(await app.http().get(onnxPath(id)).set(owner.headers).expect(500))).toBe('model_damaged');
  });
});
