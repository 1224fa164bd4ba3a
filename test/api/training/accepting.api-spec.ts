// Which trainings are accepted, from whom, and whose turn it is. Nothing is trained here: there is no worker.

import { TrainingQueue } from '../../../src/features/training/training-queue.js';
import { Jobs } from '../../../src/infra/jobs/jobs.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { aModel, aReadyDataset, aTraining, postTraining, trainingOf } from './training-builders.js';

describe('accepted trainings', () => {
  let app: TestApp;
  let user: SignedInUser;
  let stranger: SignedInUser;
  let datasetId: string;
  let modelId: string;

  beforeAll(async () => {
    app = await startApp();
    [user, stranger] = [await aUser(app), await aUser(app)];
    datasetId = await aReadyDataset(app, user, ['x0', 'x1', 'x2', 'label']);
    modelId = await aModel(app, user);
  });
  afterAll(() => app.close());

  const body = (fields: object = {}) => ({ datasetId, target: 'label', ...fields });

  it('have defaults for all that was not said', async () => {
    const accepted = await aTraining(app, user, modelId, body());
    expect(accepted).toMatchObject({
      name: 'training.run',
      state: 'queued',
      progress: 0,
      attempts: 0,
      modelId,
      datasetId,
      target: 'label',
      algorithm: 'auto',
      params: {},
      seed: 1,
      features: null,
      testFraction: 0.2,
      metrics: null,
      version: null,
      log: [],
    });
    expect(await trainingOf(app, user, accepted.id)).toEqual(accepted);
    const job = await app.http().get(`/api/v1/jobs/${accepted.id}`).set(user.headers).expect(200);
    expect(job.body).toMatchObject({ name: 'training.run', state: 'queued' });
  });

  it.each([
    ['an unknown target', { target: 'price' }, 'target', /no column “price”/],
    ['an unknown feature', { features: ['x0', 'size'] }, 'features.1', /no column “size”/],
    ['the target as a feature', { features: ['x0', 'label'] }, 'features.1', /is the target/],
    ['a feature twice', { features: ['x0', 'x0'] }, 'features.1', /twice/],
    ['a param out of bounds', { params: { rounds: 0 } }, 'params.rounds', /./],
    ['an unknown param', { params: { depth: 3 } }, 'params.depth', /not a known field/],
    ['a seed that is none', { seed: -1 }, 'seed', /./],
    ['another algorithm', { algorithm: 'forest' }, 'algorithm', /./],
    ['another member', { epochs: 3 }, 'epochs', /not a known field/],
  ])('are refused with 422: %s', async (_what, fields, path, message) => {
    const answer = await postTraining(app, user, modelId, body(fields)).expect(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed' });
    expect(answer.body.errors).toEqual([{ path, message: expect.stringMatching(message) }]);
  });

  it('are accepted once for one Idempotency-Key', async () => {
    const post = () => postTraining(app, user, modelId, body()).set('Idempotency-Key', 'one-training');
    const [first, second] = [await post().expect(202), await post().expect(202)];
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
  });

  it('are nothing for strangers', async () => {
    const { id } = await aTraining(app, user, modelId, body());
    const codeOf = async (call: ReturnType<typeof postTraining>, status: number) =>
      ((await call.expect(status)).body as { code: string }).code;
    expect(await codeOf(app.http().get(`/api/v1/training-jobs/${id}`).set(stranger.headers), 404)).toBe(
      'job_not_found',
    );
    expect(await codeOf(postTraining(app, stranger, modelId, body()), 404)).toBe('model_not_found');
    const own = await aModel(app, stranger);
    expect(await codeOf(postTraining(app, stranger, own, body()), 404)).toBe('dataset_not_found');
    const open = await aModel(app, user, { visibility: 'public' });
    expect(await codeOf(postTraining(app, stranger, open, body()), 403)).toBe('not_model_owner');
    expect(
      await codeOf(app.http().get(`/api/v1/models/${open}/training-jobs`).set(stranger.headers), 403),
    ).toBe('not_model_owner');
  });

  it('need a dataset that is ready', async () => {
    const broken = await aReadyDataset(app, user, ['label']);
    await app.database.query(`UPDATE datasets SET state = 'invalid' WHERE id = $1`, [broken]);
    const answer = await postTraining(app, user, modelId, body({ datasetId: broken })).expect(409);
    expect(answer.body).toMatchObject({ code: 'dataset_not_ready' });
  });

  it('cost a call of the metered budget', async () => {
    const answer = await postTraining(app, user, modelId, body({ target: 'none' })).expect(422);
    expect(answer.headers['ratelimit-limit']).toBe('1000000');
    const shown = await app.http().get('/api/v1/rate-limit').set(user.headers).expect(200);
    const { policies } = shown.body as { policies: { policy: string; limit: number; remaining: number }[] };
    const metered = policies.find(({ policy }) => policy === 'metered');
    expect(metered && metered.limit - metered.remaining).toBeGreaterThan(0);
  });

  describe('have their turn', () => {
    it.each([
      ['free', 1],
      ['pro', 2],
      ['enterprise', 5],
    ])('by tier, whatever the race: %s, %i at once', async (tier, most) => {
      const owner = await anOwner(tier);
      await Promise.all(Array.from({ length: most + 3 }, () => owner.train()));
      expect(await owner.released()).toHaveLength(most);
      const waiting = await owner.held();
      expect(waiting).toHaveLength(3);

      // Whoever ends makes room for the oldest that waits, also when several end at the same time.
      const first = (await owner.released())[0]!;
      await owner.cancel(first);
      expect(await owner.released()).toContain(waiting[0]);
      expect(await owner.held()).toEqual(waiting.slice(1));
      await Promise.all((await owner.released()).map((id) => owner.cancel(id)));
      expect((await owner.released()).length).toBe(Math.min(most, 2));
    });

    it('say that they were canceled, once, also while they wait', async () => {
      const owner = await anOwner('free');
      await owner.train();
      const { id } = await owner.train();
      await owner.cancel(id);
      expect(await trainingOf(app, owner.user, id)).toMatchObject({ state: 'canceled', version: null });
      const events = await app.http().get('/api/v1/events').set(owner.user.headers).expect(200);
      const ofTraining = (events.body as { items: { type: string; data: { jobId: string } }[] }).items.filter(
        ({ type }) => type.startsWith('training.'),
      );
      expect(ofTraining).toEqual([
        expect.objectContaining({ type: 'training.canceled', data: { jobId: id, modelId: owner.modelId } }),
      ]);
    });

    it('again, when one is started over', async () => {
      const owner = await anOwner('free');
      const { id } = await owner.train();
      await owner.cancel(id);
      const blocking = await owner.train();
      await owner.retry(id);
      expect(await owner.released()).toEqual([blocking.id]);
      await owner.cancel(blocking.id);
      expect(await owner.released()).toEqual([id]);
    });

    it('at the next upkeep when the tier has grown', async () => {
      const owner = await anOwner('free');
      for (let count = 0; count < 3; count += 1) await owner.train();
      await app.database.query(`UPDATE users SET tier = 'pro' WHERE id = $1`, [owner.user.id]);
      await app.get(TrainingQueue).advanceAll(new AbortController().signal);
      expect(await owner.released()).toHaveLength(2);
    });
  });

  async function anOwner(tier: string) {
    const owner = await aUser(app);
    await app.database.query('UPDATE users SET tier = $2 WHERE id = $1', [owner.id, tier]);
    const [model, dataset] = [await aModel(app, owner), await aReadyDataset(app, owner, ['x', 'y'])];
    const ids = async (condition: string): Promise<string[]> => {
      const rows = await app.database.query<{ id: string }>(
        `SELECT id FROM jobs WHERE owner_id = $1 AND name = 'training.run' AND finished_at IS NULL
           AND run_at ${condition} now() ORDER BY id`,
        [owner.id],
      );
      return rows.map(({ id }) => id);
    };
    return {
      user: owner,
      modelId: model,
      train: () => aTraining(app, owner, model, { datasetId: dataset, target: 'y' }),
      cancel: (id: string) => app.http().post(`/api/v1/jobs/${id}/cancel`).set(owner.headers).expect(202),
      retry: (id: string) => app.get(Jobs).retry(id),
      released: () => ids('<='),
      held: () => ids('>'),
    };
  }
});
