// Predictions: what is asked and answered, what is refused, and what the history shows.

import { writeFile } from 'node:fs/promises';
import type { Principal } from '../../../src/common/auth/principal.js';
import { PredictionsPurge } from '../../../src/features/predictions/predictions-purge.js';
import { PredictionsService } from '../../../src/features/predictions/predictions.service.js';
import { decodeModel } from '../../../src/infra/learning/artifact/decode-model.js';
import { ONNX_LIMITS } from '../../../src/infra/onnx/onnx-process.js';
import { ObjectStore } from '../../../src/infra/storage/object-store.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { aClassification, addVersion, aModel, aRegression, aTrainedModel } from '../models/model-builders.js';
import { ask, asking, codeOf, type PredictionBody } from './prediction-builders.js';

interface RecordBody extends PredictionBody {
  state: string;
  rows: number;
  input: unknown;
  error: { code: string } | null;
  jobId: string | null;
}

describe('predictions', () => {
  let app: TestApp;
  let user: SignedInUser;
  let regression: string;
  let classification: string;

  beforeAll(async () => {
    app = await startApp({ worker: true });
    user = await aUser(app);
    regression = (await aTrainedModel(app, user)).id;
    classification = (await aModel(app, user)).id;
    await addVersion(app, classification, await aClassification());
  });
  afterAll(() => app.close());

  const record = async (id: string, caller = user): Promise<RecordBody> =>
    (await app.http().get(`/api/v1/predictions/${id}`).set(caller.headers).expect(200)).body as RecordBody;
  const list = async (query = ''): Promise<RecordBody[]> => {
    const answer = await app.http().get(`/api/v1/predictions${query}`).set(user.headers).expect(200);
    return (answer.body as { items: RecordBody[] }).items;
  };

  it('are what the model says, for one row or many, by name or in order', async () => {
    const { manifestBytes, modelBytes } = await aRegression();
    const rows = [
      { a: 0.5, b: -0.5 },
      { a: null, b: 2 },
    ];
    const expected = decodeModel(manifestBytes, modelBytes).predict(rows).predictions;
    expect(await ask(app, user, regression, rows)).toEqual({
      id: expect.any(String) as string,
      modelId: regression,
      version: 1,
      predictions: expected,
      cached: false,
      createdAt: expect.any(String) as string,
    });
    expect((await ask(app, user, regression, rows[0])).predictions).toEqual([expected[0]]);
    expect((await ask(app, user, regression, [0.5, -0.5])).predictions).toEqual([expected[0]]);
    expect(
      (
        await ask(app, user, regression, [
          [0.5, -0.5],
          [null, 2],
        ])
      ).predictions,
    ).toEqual(expected);
  });

  it('of classes come with their probabilities', async () => {
    const row = { a: 1, b: 1, colour: 'red', city: null };
    const { predictions, probabilities } = await ask(app, user, classification, row);
    expect(['yes', 'no']).toContain(predictions[0]);
    expect(probabilities![0]!.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  });

  it.each([
    ['a missing feature', { a: 1 }, 'input.b'],
    ['an unknown feature', { a: 1, b: 2, c: 3 }, 'input.c'],
    ['a wrong type', { a: 'x', b: 2 }, 'input.a'],
    [
      'a wrong type in a later row',
      [
        { a: 1, b: 1 },
        { a: 1, b: true },
      ],
      'input[1].b',
    ],
    ['too many values', [1, 2, 3], 'input'],
    ['no row', [], 'input'],
  ])('name %s', async (_what, input, path) => {
    for (const _ of [1, 2]) {
      const refused = await asking(app, user, regression, input).expect(422);
      expect(codeOf(refused)).toBe('validation_failed');
      expect((refused.body as { errors: { path: string }[] }).errors[0]!.path).toBe(path);
    }
  });

  it('are asked of a version by number or alias', async () => {
    const { id } = await aTrainedModel(app, user);
    const { number } = await addVersion(app, id, await aRegression(200));
    expect((await ask(app, user, id, [1, 1])).version).toBe(number);
    expect((await ask(app, user, id, [1, 1], 'latest')).version).toBe(number);
    expect((await ask(app, user, id, [1, 1], 1)).version).toBe(1);
    expect(codeOf(await asking(app, user, id, [1, 1], 3).expect(404))).toBe('model_version_not_found');
    expect(codeOf(await asking(app, user, id, [1, 1], 'best').expect(404))).toBe('model_version_not_found');
    const empty = await aModel(app, user);
    expect(codeOf(await asking(app, user, empty.id, [1, 1]).expect(404))).toBe('model_version_not_found');
  });

  it('stay in the history, and are their asker’s alone', async () => {
    const input = { a: 0.25, b: 1 };
    const asked = [await ask(app, user, regression, input), await ask(app, user, regression, input)];
    expect(asked.map(({ cached }) => cached)).toEqual([false, true]);
    for (const { id, predictions, cached, createdAt } of asked) {
      const expected = { id, modelId: regression, state: 'completed', rows: 1, input, predictions, cached };
      expect(await record(id)).toMatchObject({ ...expected, createdAt, error: null, jobId: null });
    }
    const newest = await list(`?modelId=${regression}&limit=2`);
    expect(newest.map(({ id }) => id)).toEqual([asked[1]!.id, asked[0]!.id]);
    expect(newest[0]).not.toHaveProperty('input');
    const stranger = await aUser(app);
    const foreign = await app
      .http()
      .get(`/api/v1/predictions/${asked[0]!.id}`)
      .set(stranger.headers)
      .expect(404);
    expect(codeOf(foreign)).toBe('prediction_not_found');
  });

  it('are one for one Idempotency-Key', async () => {
    const send = () => asking(app, user, regression, [9, 9]).set('Idempotency-Key', 'p').expect(200);
    const first = await send();
    const second = await send();
    expect(second.body).toEqual(first.body);
    expect((await list()).filter(({ id }) => id === (first.body as PredictionBody).id)).toHaveLength(1);
  });

  it('may take as long in a transaction as a model in ONNX may', async () => {
    const principal = { userId: user.id } as Principal;
    const request = { modelId: regression, version: 'latest', input: [7, 9] };
    const patience = await app.database.transaction(async () => {
      await app.get(PredictionsService).predict(principal, request);
      const [setting] = await app.database.query<{ ms: number }>(
        `SELECT setting::int AS ms FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'`,
      );
      return setting!.ms;
    });
    expect(patience).toBeGreaterThan(ONNX_LIMITS.timeoutMs);
  });

  it('are forgotten after 30 days', async () => {
    const { id } = await ask(app, user, regression, [8, 8]);
    await app.database.query(`UPDATE predictions SET created_at = now() - interval '31 days' WHERE id = $1`, [
      id,
    ]);
    expect(await app.get(PredictionsPurge).purge(new AbortController().signal)).toBe(1);
    await app.http().get(`/api/v1/predictions/${id}`).set(user.headers).expect(404);
  });

  it('of a damaged model are refused, each time', async () => {
    const model = await aModel(app, user);
    const { storageKey } = await addVersion(app, model.id, await aRegression());
    const path = app.get<ObjectStore>(ObjectStore as never).localPath(storageKey)!;
    const bytes = Uint8Array.from((await aRegression()).modelBytes);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    for (const _ of [1, 2]) {
      expect(codeOf(await asking(app, user, model.id, [1, 1]).expect(500))).toBe('model_damaged');
    }
    await writeFile(path, (await aRegression()).modelBytes);
    expect((await ask(app, user, model.id, [1, 1])).cached).toBe(false);
  });

  describe('in the background', () => {
    const finished = (id: string) =>
      waitFor('the prediction', async () => {
        const found = await record(id);
        return found.state === 'pending' ? undefined : found;
      });

    it('answer later under the same id, and tell the asker', async () => {
      const accepted = await asking(app, user, regression, { a: 1, b: 1 })
        .set('Prefer', 'wait=1, respond-async')
        .expect(202);
      expect(accepted.headers['preference-applied']).toBe('respond-async');
      const { id, version } = accepted.body as PredictionBody;
      const done = await finished(id);
      const { predictions } = await ask(app, user, regression, { a: 1, b: 1 });
      expect(done).toMatchObject({ state: 'completed', predictions, version, input: { a: 1, b: 1 } });
      const events = await app.http().get('/api/v1/events?limit=100').set(user.headers).expect(200);
      expect((events.body as { items: unknown[] }).items).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            type: 'prediction.completed',
            data: { id, modelId: regression, version },
          }),
        ]),
      );
      const feed = await app.http().get('/api/v1/notifications').set(user.headers).expect(200);
      expect((feed.body as { items: unknown[] }).items).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            type: 'prediction_completed',
            data: { predictionId: id, modelId: regression, name: 'Prices', version, rows: 1 },
          }),
        ]),
      );
      await waitFor('the mail', async () => {
        const mails = await app.http().get(`/dev/mailbox?to=${user.email}`).expect(200);
        return (mails.body as { items: { type: string }[] }).items.some(
          ({ type }) => type === 'prediction_completed',
        );
      });
    });

    it('take more than 1,000 rows', async () => {
      const rows = Array.from({ length: 2_500 }, (_, row) => [row / 1_000, 1]);
      const { id } = (await asking(app, user, regression, rows).expect(202)).body as PredictionBody;
      const done = await finished(id);
      const { manifestBytes, modelBytes } = await aRegression();
      expect(done.predictions).toEqual(decodeModel(manifestBytes, modelBytes).predict(rows).predictions);
      expect((await list()).find((item) => item.id === id)).not.toHaveProperty('predictions');
    });

    it('are refused at once when the input does not fit', async () => {
      const rows = Array.from({ length: 1_001 }, (_, row) => (row === 1_000 ? [1, 'x'] : [1, 1]));
      const refused = await asking(app, user, regression, rows).expect(422);
      expect((refused.body as { errors: unknown[] }).errors).toEqual([
        expect.objectContaining({ path: 'input[1000].b' }),
      ]);
    });
  });
});

describe('predictions that nobody computes', () => {
  it('fail when their job is canceled', async () => {
    const app = await startApp();
    const user = await aUser(app);
    const { id: modelId } = await aTrainedModel(app, user);
    const accepted = await asking(app, user, modelId, [1, 1]).set('Prefer', 'respond-async').expect(202);
    const { id, jobId } = accepted.body as { id: string; jobId: string };
    await app.http().post(`/api/v1/jobs/${jobId}/cancel`).set(user.headers).expect(202);
    const found = await app.http().get(`/api/v1/predictions/${id}`).set(user.headers).expect(200);
    expect(found.body).toMatchObject({ state: 'failed', error: { code: 'job_canceled' } });
    await app.close();
  });
});

describe('the budget of predictions', () => {
  it('is the metered one, also for those that come from the cache', async () => {
    const app = await startApp({ settings: { RATE_LIMIT_FREE_PER_MINUTE: '2' } });
    const user = await aUser(app);
    const { id: modelId } = await aTrainedModel(app, user);
    await ask(app, user, modelId, [1, 1]);
    await ask(app, user, modelId, [1, 1]);
    const refused = await asking(app, user, modelId, [1, 1]).expect(429);
    expect(refused.body).toMatchObject({ code: 'rate_limited', policy: 'metered' });
    await app.close();
  });
});
