// Models and their versions: who sees and changes them, and what moves when a version comes.

import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { ModelsService } from '../../../src/features/models/models.service.js';
import { ObjectStore } from '../../../src/infra/storage/object-store.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import {
  aClassification,
  addVersion,
  aModel,
  aRegression,
  aTrainedModel,
  type ModelBody,
} from './model-builders.js';

describe('models', () => {
  let app: TestApp;
  let owner: SignedInUser;
  let stranger: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    owner = await aUser(app);
    stranger = await aUser(app);
  });
  afterAll(() => app.close());

  const call = (user: SignedInUser, method: 'get' | 'put' | 'patch' | 'delete', path: string) =>
    app.http()[method](`/api/v1/models${path}`).set(user.headers);
  const codeOf = (answer: { body: unknown }) => (answer.body as { code: string }).code;

  it('are made, read, replaced, changed and deleted', async () => {
    const model = await aModel(app, owner, { description: 'Of flats.' });
    expect(model).toEqual({
      id: expect.any(String) as string,
      name: 'Prices',
      description: 'Of flats.',
      visibility: 'private',
      aliases: {},
      createdAt: expect.any(String) as string,
      updatedAt: model.createdAt,
    });
    const read = await call(owner, 'get', `/${model.id}`).expect(200);
    expect(read.body).toEqual(model);
    const replaced = await call(owner, 'put', `/${model.id}`).send({ name: 'Rents' }).expect(200);
    expect(replaced.body).toMatchObject({ name: 'Rents', description: '' });
    const stale = await call(owner, 'patch', `/${model.id}`)
      .set('If-Match', read.headers['etag'] as string)
      .send({ name: 'No' })
      .expect(412);
    expect(codeOf(stale)).toBe('stale_version');
    await call(owner, 'patch', `/${model.id}`)
      .set('If-Match', replaced.headers['etag'] as string)
      .send({ description: 'Monthly.' })
      .expect(200);
    await call(owner, 'delete', `/${model.id}`).expect(204);
    expect(codeOf(await call(owner, 'get', `/${model.id}`).expect(404))).toBe('model_not_found');
  });

  it('take no unknown field, no empty name and no other visibility', async () => {
    for (const body of [
      {},
      { name: '' },
      { name: 'x', ownerId: stranger.id },
      { name: 'x', visibility: 'all' },
    ]) {
      await app.http().post('/api/v1/models').set(owner.headers).send(body).expect(422);
    }
  });

  it('are made once for one Idempotency-Key', async () => {
    const make = () =>
      app
        .http()
        .post('/api/v1/models')
        .set(owner.headers)
        .set('Idempotency-Key', 'one')
        .send({ name: 'Once' });
    const first = await make().expect(201);
    expect((await make().expect(201)).body).toEqual(first.body);
  });

  it('of somebody else are not there unless public, and then are not theirs to change', async () => {
    const { id } = await aTrainedModel(app, owner);
    const changes = [
      () => call(stranger, 'put', `/${id}`).send({ name: 'mine' }),
      () => call(stranger, 'patch', `/${id}`).send({ visibility: 'public' }),
      () => call(stranger, 'delete', `/${id}`),
      () => call(stranger, 'put', `/${id}/aliases/best`).send({ version: 1 }),
      () => call(stranger, 'delete', `/${id}/aliases/latest`),
    ];
    const reads = ['', '/versions', '/versions/1'].map(
      (path) => () => call(stranger, 'get', `/${id}${path}`),
    );
    for (const attempt of [...changes, ...reads])
      expect(codeOf(await attempt().expect(404))).toBe('model_not_found');

    await call(owner, 'patch', `/${id}`).send({ visibility: 'public' }).expect(200);
    for (const attempt of changes) expect(codeOf(await attempt().expect(403))).toBe('not_model_owner');
    for (const attempt of reads) await attempt().expect(200);
  });

  it('are listed newest first, the own ones or all that are public', async () => {
    const user = await aUser(app);
    const models: ModelBody[] = [];
    for (const visibility of ['private', 'public', 'private'])
      models.push(await aModel(app, user, { visibility }));
    const ids = (answer: { body: unknown }) =>
      (answer.body as { items: ModelBody[] }).items.map(({ id }) => id);
    const first = await call(user, 'get', '?limit=2').expect(200);
    expect(ids(first)).toEqual([models[2]!.id, models[1]!.id]);
    const { nextCursor } = first.body as { nextCursor: string };
    const second = await call(user, 'get', `?limit=2&cursor=${nextCursor}`).expect(200);
    expect(ids(second)).toEqual([models[0]!.id]);
    expect(ids(await call(user, 'get', '?visibility=private').expect(200))).toEqual([
      models[2]!.id,
      models[0]!.id,
    ]);
    const open = ids(await call(stranger, 'get', '?visibility=public').expect(200));
    expect(open).toContain(models[1]!.id);
    expect(open).not.toContain(models[0]!.id);
    await call(user, 'get', `?visibility=public&cursor=${nextCursor}`).expect(422);
  });

  it('count', async () => {
    const before = await app.get(ModelsService).count();
    await aModel(app, owner);
    expect(await app.get(ModelsService).count()).toBe(before + 1);
  });

  describe('versions', () => {
    it('are numbered, move `latest` and are told to the owner', async () => {
      const { id } = await aModel(app, owner);
      await addVersion(app, id, await aRegression());
      await addVersion(app, id, await aClassification());
      const model = (await call(owner, 'get', `/${id}`).expect(200)).body as ModelBody;
      expect(model.aliases).toEqual({ latest: 2 });
      const list = await call(owner, 'get', `/${id}/versions`).expect(200);
      const [newest, oldest] = (list.body as { items: Record<string, unknown>[] }).items;
      expect(newest).toMatchObject({
        modelId: id,
        number: 2,
        source: 'training',
        algorithm: 'gbdt',
        task: 'classification',
        target: 'y',
        classes: expect.arrayContaining(['yes', 'no']) as unknown,
        metrics: { accuracy: expect.any(Number) as number, baseline: {} },
      });
      expect(oldest).toMatchObject({ number: 1, algorithm: 'linear', task: 'regression' });
      expect(oldest).not.toHaveProperty('classes');
      const details = await call(owner, 'get', `/${id}/versions/1`).expect(200);
      expect(details.body).toMatchObject({
        features: [
          { name: 'a', type: 'number' },
          { name: 'b', type: 'number' },
        ],
        importance: [{ feature: 'a' }, { feature: 'b' }],
        learningCurve: { bestRound: expect.any(Number) as number },
      });
      const events = await app.http().get('/api/v1/events?limit=100').set(owner.headers).expect(200);
      const told = (events.body as { items: { type: string; data: unknown }[] }).items
        .filter(({ type }) => type === 'model.version_created')
        .map(({ data }) => data);
      expect(told).toEqual(
        expect.arrayContaining([
          { modelId: id, version: 1 },
          { modelId: id, version: 2 },
        ]),
      );
    });

    it('come once per training job, however often it ends and however many end at once', async () => {
      const { id } = await aModel(app, owner);
      const result = await aRegression();
      const job = randomUUID();
      const twice = await Promise.all([addVersion(app, id, result, job), addVersion(app, id, result, job)]);
      const others = await Promise.all([1, 2, 3].map(() => addVersion(app, id, result)));
      expect(twice.map(({ number }) => number)).toEqual([twice[0].number, twice[0].number]);
      expect(new Set([...twice, ...others].map(({ number }) => number)).size).toBe(4);
      const { aliases } = (await call(owner, 'get', `/${id}`).expect(200)).body as ModelBody;
      expect(aliases).toEqual({ latest: 4 });
    });

    it('have names that move', async () => {
      const { id } = await aTrainedModel(app, owner);
      await addVersion(app, id, await aRegression());
      const path = `/${id}/aliases/stable`;
      const set = await call(owner, 'put', path).send({ version: 1 }).expect(200);
      expect((set.body as ModelBody).aliases).toEqual({ latest: 2, stable: 1 });
      const moved = await call(owner, 'put', path).send({ version: 2 }).expect(200);
      expect((moved.body as ModelBody).aliases).toEqual({ latest: 2, stable: 2 });
      expect(codeOf(await call(owner, 'put', path).send({ version: 3 }).expect(404))).toBe(
        'model_version_not_found',
      );
      await call(owner, 'put', `/${id}/aliases/3`).send({ version: 1 }).expect(422);
      await call(owner, 'delete', path).expect(204);
      expect(codeOf(await call(owner, 'delete', path).expect(404))).toBe('model_alias_not_found');
      const latest = await call(owner, 'delete', `/${id}/aliases/latest`).expect(409);
      expect(codeOf(latest)).toBe('model_alias_stays');
      expect(codeOf(await call(owner, 'get', `/${id}/versions/3`).expect(404))).toBe(
        'model_version_not_found',
      );
    });

    it('go with their bytes when the model goes', async () => {
      const { id } = await aModel(app, owner);
      const { storageKey } = await addVersion(app, id, await aRegression());
      const path = app.get<ObjectStore>(ObjectStore as never).localPath(storageKey)!;
      await access(path);
      await call(owner, 'delete', `/${id}`).expect(204);
      await expect(access(path)).rejects.toThrow('ENOENT');
      const [row] = await app.database.query('SELECT 1 FROM stored_objects WHERE key = $1', [storageKey]);
      expect(row).toBeUndefined();
    });
  });
});
