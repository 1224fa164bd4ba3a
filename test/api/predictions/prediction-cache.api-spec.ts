// The cache of predictions, with two processes side by side: what it saves, and that it never shows what has
// changed or what is somebody else's.

import { ModelsService } from '../../../src/features/models/models.service.js';
import { partOf } from '../../../src/features/models/model-heads.js';
import { notesKey, PredictionCache } from '../../../src/features/predictions/prediction-cache.js';
import { hashOf } from '../../../src/features/predictions/prediction-input.js';
import { PredictionNotes } from '../../../src/features/predictions/prediction-notes.js';
import { Predictor } from '../../../src/infra/learning/artifact/predictor.js';
import type { RedisClient } from '../../../src/infra/redis/open-redis.js';
import { RedisConnections } from '../../../src/infra/redis/redis-connections.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { RequestCosts } from '../../support/request-costs.js';
import { emptyRedis, openRedis } from '../../support/test-redis.js';
import { waitFor } from '../../support/wait-for.js';
import { addVersion, aModel, aRegression, aTrainedModel } from '../models/model-builders.js';
import { ask, asking, codeOf } from './prediction-builders.js';

describe('the cache of predictions', () => {
  let app: TestApp;
  let beside: TestApp;
  let owner: SignedInUser;
  let redis: RedisClient;

  beforeAll(async () => {
    app = await startApp();
    beside = await startApp({ services: app.services });
    owner = await aUser(app);
    redis = openRedis(app.services.redisUrl);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => {
    redis.disconnect();
    await beside.close();
    await app.close();
  });

  const change = (path: string, body: object, method: 'patch' | 'put' = 'patch') =>
    app.http()[method](`/api/v1/models/${path}`).set(owner.headers).send(body).expect(200);
  /** Asks until both processes answer from the cache. */
  const warm = async (modelId: string, input: unknown) => {
    await ask(app, owner, modelId, input);
    expect((await ask(beside, owner, modelId, input)).cached).toBe(true);
  };

  it('gives the second call what the first one got, in whichever process and key order', async () => {
    const { id } = await aTrainedModel(app, owner);
    const first = await ask(app, owner, id, { a: 0.1, b: 0.7 });
    for (const process of [app, beside]) {
      const second = await ask(process, owner, id, { b: 0.7, a: 0.1 });
      expect([first.cached, second.cached]).toEqual([false, true]);
      expect(JSON.stringify(second.predictions)).toBe(JSON.stringify(first.predictions));
      expect(second.id).not.toBe(first.id);
    }
    expect((await ask(app, owner, id, { a: 0.1, b: 0.8 })).cached).toBe(false);
  });

  it('shows a new version, a moved alias and a changed model at the next call of another process', async () => {
    const { id } = await aTrainedModel(app, owner);
    await warm(id, [1, 2]);
    await addVersion(app, id, await aRegression(200));
    expect(await ask(beside, owner, id, [1, 2])).toMatchObject({ version: 2, cached: false });

    await change(`${id}/aliases/best`, { version: 1 }, 'put');
    const before = await ask(beside, owner, id, [1, 2], 'best');
    expect(await ask(beside, owner, id, [1, 2], 'best')).toMatchObject({ version: 1, cached: true });
    await change(`${id}/aliases/best`, { version: 2 }, 'put');
    const after = await ask(beside, owner, id, [1, 2], 'best');
    expect(after).toMatchObject({ version: 2, cached: false });
    expect(after.predictions).not.toEqual(before.predictions);

    await warm(id, [1, 2]);
    await change(id, { description: 'Changed.' });
    expect((await ask(beside, owner, id, [1, 2])).cached).toBe(false);

    await warm(id, [1, 2]);
    await app.http().delete(`/api/v1/models/${id}`).set(owner.headers).expect(204);
    expect(codeOf(await asking(beside, owner, id, [1, 2]).expect(404))).toBe('model_not_found');
  });

  it('never gives a private model’s result to somebody else', async () => {
    const stranger = await aUser(app);
    const { id } = await aTrainedModel(app, owner);
    await warm(id, [3, 3]);
    for (const process of [app, beside]) await asking(process, stranger, id, [3, 3]).expect(404);
    await change(id, { visibility: 'public' });
    await ask(beside, stranger, id, [3, 3]);
    expect((await ask(beside, stranger, id, [3, 3])).cached).toBe(true);
    await change(id, { visibility: 'private' });
    for (const process of [app, beside]) await asking(process, stranger, id, [3, 3]).expect(404);
    await warm(id, [3, 3]);
    for (const process of [app, beside]) await asking(process, stranger, id, [3, 3]).expect(404);
  });

  it('knows nothing wrong when Redis has lost everything', async () => {
    const { id } = await aTrainedModel(app, owner);
    await warm(id, [4, 4]);
    await emptyRedis(redis);
    expect((await ask(beside, owner, id, [4, 4])).cached).toBe(false);
    expect((await ask(app, owner, id, [4, 4])).cached).toBe(true);
  });

  it('does not put back what a slow process has read before a change', async () => {
    const { id } = await aTrainedModel(app, owner);
    const stale = await beside.get(ModelsService).requireReadable({ userId: owner.id }, id);
    await addVersion(app, id, await aRegression(200));
    await beside.get(PredictionCache).offer(stale, 'no result');
    expect(await ask(beside, owner, id, [5, 5])).toMatchObject({ version: 2 });
    await beside.get(PredictionCache).offer(stale, 'no result');
    expect(await ask(app, owner, id, [5, 5])).toMatchObject({ version: 2, cached: true });
  });

  it('hears of a change that Redis could not be told at once', async () => {
    const { id } = await aTrainedModel(app, owner);
    await warm(id, [5, 5]);
    jest.spyOn(app.get(RedisConnections).cache, 'evalsha').mockRejectedValueOnce(new Error('away'));
    await addVersion(app, id, await aRegression(200));
    expect(await ask(app, owner, id, [5, 5])).toMatchObject({ version: 2 });
    await waitFor('the other process', async () => (await ask(beside, owner, id, [5, 5])).version === 2);
  });

  it('computes 100 equal questions at once a single time', async () => {
    const { id } = await aTrainedModel(app, owner);
    const predict = jest.spyOn(Predictor.prototype, 'predict');
    const input = Array.from({ length: 50 }, (_, row) => [row, row]);
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(app, owner, id, input)));
    expect(predict).toHaveBeenCalledTimes(1);
    expect(new Set(answers.map(({ predictions }) => JSON.stringify(predictions))).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(100);
  });

  it('computes 100 equal questions at once a single time, also when two processes are asked', async () => {
    const { id } = await aTrainedModel(app, owner);
    const predict = jest.spyOn(Predictor.prototype, 'predict');
    const input = Array.from({ length: 50 }, (_, row) => [row, -row]);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, turn) => ask(turn % 2 === 0 ? app : beside, owner, id, input)),
    );
    expect(predict).toHaveBeenCalledTimes(1);
    expect(new Set(answers.map(({ predictions }) => JSON.stringify(predictions))).size).toBe(1);
  });

  it('computes what another process has begun and never ended', async () => {
    const { id } = await aTrainedModel(app, owner);
    const model = await app.get(ModelsService).requireReadable({ userId: owner.id }, id);
    const cache = app.get(PredictionCache);
    const key = cache.keyOf(model, 1, hashOf([[3, 4]]));
    expect(await cache.claim(key, 'of a process that dies')).toEqual({ kind: 'compute' });
    expect(await cache.claim(key, 'of another one')).toEqual({ kind: 'wait' });
    expect((await ask(app, owner, id, [3, 4])).cached).toBe(false);
  });

  it('keeps no error', async () => {
    const { id } = await aTrainedModel(app, owner);
    const predict = jest.spyOn(Predictor.prototype, 'predict').mockImplementationOnce(() => {
      throw new Error('out of luck');
    });
    await asking(app, owner, id, [6, 6]).expect(500);
    predict.mockRestore();
    expect((await ask(app, owner, id, [6, 6])).cached).toBe(false);
  });

  it('costs one round trip to Redis besides the limiter, and no SQL', async () => {
    const { id } = await aTrainedModel(app, owner);
    await warm(id, [7, 7]);
    const costs = RequestCosts.count();
    expect((await ask(app, owner, id, [7, 7])).cached).toBe(true);
    costs.stop();
    expect(costs.statements).toEqual([]);
    expect(costs.redisCommands).toEqual(['evalsha', 'evalsha']);
  });

  it('keeps the history of hits, also when their process dies before it has written it', async () => {
    const { id } = await aTrainedModel(app, owner);
    await warm(id, [8, 8]);
    // A process that notes in Redis and then never writes: what a kill leaves behind.
    jest.spyOn(PredictionNotes.prototype, 'add').mockImplementationOnce(() => undefined);
    const hit = await ask(app, owner, id, [8, 8]);
    const found = await beside.http().get(`/api/v1/predictions/${hit.id}`).set(owner.headers).expect(200);
    expect(found.body).toMatchObject({
      cached: true,
      predictions: hit.predictions,
      createdAt: hit.createdAt,
    });
    expect(await redis.hlen(notesKey(partOf(id)))).toBe(0);
  });

  it('keeps the history of hits also when Redis loses its data before it is written', async () => {
    const { id } = await aTrainedModel(app, owner);
    await warm(id, [9, 9]);
    const hit = await ask(app, owner, id, [9, 9]);
    await emptyRedis(redis);
    await app.http().get(`/api/v1/predictions/${hit.id}`).set(owner.headers).expect(200);
  });

  it('is off with ENABLE_CACHE=false', async () => {
    const plain = await startApp({ services: app.services, settings: { ENABLE_CACHE: 'false' } });
    const { id } = await aModel(plain, owner);
    await addVersion(plain, id, await aRegression());
    await ask(plain, owner, id, [1, 1]);
    expect((await ask(plain, owner, id, [1, 1])).cached).toBe(false);
    await plain.close();
  });
});
