// The straight way: a CSV file becomes a dataset, a training, a version that predicts.

import type { INestApplicationContext } from '@nestjs/common';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { DocumentedEvents } from '../../support/documented-events.js';
import { TestSocket } from '../../support/socket.js';
import { waitFor } from '../../support/wait-for.js';
import {
  aDataset,
  aModel,
  aTraining,
  endOf,
  labelledCsv,
  modelHash,
  trainingOf,
} from './training-builders.js';

const QUICK = { algorithm: 'gbdt', params: { rounds: 5, maxLeaves: 4 }, seed: 7 };

describe('trainings', () => {
  let app: TestApp;
  let worker: INestApplicationContext;
  let user: SignedInUser;
  let datasetId: string;
  let modelId: string;

  beforeAll(async () => {
    app = await startApp();
    worker = await app.startWorker();
    user = await aUser(app);
    datasetId = await aDataset(app, user, labelledCsv(200, 3));
    modelId = await aModel(app, user, { name: 'Labels' });
  });
  afterAll(() => app.close());

  const body = (fields: object = {}) => ({ datasetId, target: 'label', ...QUICK, ...fields });

  it('make a version that predicts, and say so everywhere', async () => {
    const events = await DocumentedEvents.of(app);
    const socket = await TestSocket.open(app.url, user.accessToken);
    const accepted = await aTraining(app, user, modelId, body());
    expect(accepted).toMatchObject({
      name: 'training.run',
      state: 'queued',
      modelId,
      datasetId,
      target: 'label',
      seed: 7,
      features: null,
      version: null,
      metrics: null,
      log: [],
    });

    const training = await endOf(app, user, accepted.id);
    expect(training).toMatchObject({
      state: 'succeeded',
      progress: 100,
      error: null,
      attempts: 1,
      version: 1,
      metrics: {
        accuracy: expect.any(Number),
        baseline: { accuracy: expect.any(Number) },
        confusionMatrix: expect.any(Array),
      },
      result: { modelId, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(training.log.map(({ line }) => line)).toEqual(
      expect.arrayContaining(['Read 200 rows of 4 columns.']),
    );

    const succeeded = await socket.next('training.succeeded');
    expect(succeeded.data).toEqual({ jobId: training.id, modelId, version: 1, metrics: training.metrics });
    const told = socket.received.filter(({ event }) => event.startsWith('training.'));
    expect(told[0]?.event).toBe('training.progress');
    for (const { event, payload } of told) expect(events.problems(event, payload)).toEqual([]);
    const notified = await socket.next('notification.created');
    expect(notified.data).toMatchObject({
      type: 'training_finished',
      title: '“Labels” has a new version',
      data: { jobId: training.id, modelId, version: 1, reason: null },
    });
    socket.close();
    await waitFor('the mail', async () => {
      const mails = await app.http().get('/dev/mailbox').query({ to: user.email });
      return (mails.body as { items: { type: string }[] }).items.some(
        ({ type }) => type === 'training_finished',
      );
    });

    const prediction = await app
      .http()
      .post('/api/v1/predictions')
      .set(user.headers)
      .send({ modelId, input: { x0: 0.9, x1: 0.3, x2: 0 } });
    expect(prediction.status).toBe(200);
    expect(prediction.body).toMatchObject({ modelId, version: 1, predictions: ['yes'] });
  });

  it('give the same model for the same data and seed, and another for another seed', async () => {
    const hashes: string[] = [];
    for (const seed of [1, 1, 2]) {
      const { id } = await aTraining(
        app,
        user,
        modelId,
        body({ seed, params: { rounds: 5, rowSample: 0.5 } }),
      );
      const { version } = await endOf(app, user, id);
      hashes.push(await modelHash(app, modelId, version));
    }
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });

  it('are listed, the newest first, and stay when their jobs are gone', async () => {
    const path = `/api/v1/models/${modelId}/training-jobs`;
    const first = await app.http().get(path).query({ limit: 2 }).set(user.headers).expect(200);
    expect(first.body.items.map(({ version }: { version: number }) => version)).toEqual([4, 3]);
    const cursor = first.body.nextCursor as string;
    const second = await app.http().get(path).query({ limit: 2, cursor }).set(user.headers).expect(200);
    expect(second.body.items.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
    expect(second.body.nextCursor).toBeNull();
    const before = first.body.items[0];
    await app.database.query('DELETE FROM jobs WHERE id = $1', [before.id]);
    expect(await trainingOf(app, user, before.id)).toEqual(before);
  });

  it('end when their dataset or their model is deleted while they wait', async () => {
    const model = await aModel(app, user);
    const dataset = await aDataset(app, user, labelledCsv(50, 2));
    await worker.close();
    const orphan = await aTraining(app, user, model, body({ datasetId: dataset }));
    const homeless = await aTraining(app, user, await aModel(app, user), body());
    await app.http().delete(`/api/v1/datasets/${dataset}`).set(user.headers).expect(204);
    await app.http().delete(`/api/v1/models/${homeless.modelId}`).set(user.headers).expect(204);
    await app.startWorker();
    expect(await endOf(app, user, orphan.id)).toMatchObject({
      state: 'failed',
      error: { code: 'dataset_not_found', detail: expect.stringMatching(/deleted/) },
      version: null,
    });
    const job = await waitFor('the job without a model to end', async () => {
      const answer = await app.http().get(`/api/v1/jobs/${homeless.id}`).set(user.headers).expect(200);
      return answer.body.finishedAt === null ? undefined : answer.body;
    });
    expect(job).toMatchObject({ state: 'failed', error: { code: 'model_not_found' } });
  });
});
