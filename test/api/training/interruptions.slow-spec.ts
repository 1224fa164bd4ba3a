// Trainings that are killed, handed over and canceled: they go on to the same model, or stop at once.

import { childrenRunning } from '../../support/child-processes.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import type { Received } from '../../support/socket.js';
import { TestSocket } from '../../support/socket.js';
import { waitFor } from '../../support/wait-for.js';
import {
  aDataset,
  aModel,
  aTraining,
  endOf,
  labelledCsv,
  modelHash,
  whenTraining,
} from './training-builders.js';

const PROGRAM = 'training.child.js';
const LONG = 180_000;
/** So many rounds that there are some checkpoints, one every five seconds. */
const TRAINING = {
  target: 'label',
  algorithm: 'gbdt',
  seed: 11,
  params: { rounds: 1_600, maxLeaves: 31, rowSample: 0.7, columnSample: 0.8, earlyStoppingRounds: 0 },
};
/** Longer than any test. */
const ENDLESS = { ...TRAINING, params: { ...TRAINING.params, rounds: 2_000, maxLeaves: 256 } };

describe('a training that is interrupted', () => {
  let app: TestApp;
  let user: SignedInUser;
  let datasetId: string;
  let modelId: string;
  let wholeHash: string;

  beforeAll(async () => {
    app = await startApp({ worker: true });
    user = await aUser(app);
    datasetId = await aDataset(app, user, labelledCsv(8_000, 12));
    modelId = await aModel(app, user);
  }, LONG);
  afterAll(() => app.close());

  const start = (fields: object = TRAINING) => aTraining(app, user, modelId, { datasetId, ...fields });
  const child = () => waitFor('the training process', () => childrenRunning(PROGRAM)[0], 30_000);
  const atHalf = (id: string) =>
    whenTraining(
      app,
      user,
      id,
      'be half done, with a checkpoint',
      ({ progress }) => progress >= 50,
      LONG,
    ).then(() => waitFor('a checkpoint', () => checkpointOf(id), LONG));
  async function checkpointOf(id: string): Promise<string | null> {
    const [row] = await app.database.query<{ key: string | null }>(
      'SELECT checkpoint_key AS key FROM training_jobs WHERE job_id = $1',
      [id],
    );
    return row?.key ?? null;
  }

  it(
    'tells no more than five times a second when it is not',
    async () => {
      const socket = await TestSocket.open(app.url, user.accessToken);
      const { id } = await start();
      const whole = await endOf(app, user, id, LONG);
      expect(whole).toMatchObject({ state: 'succeeded', attempts: 1 });
      wholeHash = await modelHash(app, modelId, whole.version);

      const told = socket.received.filter(({ event }) => event.endsWith('.progress'));
      expect(mostInOneSecond(told)).toBeLessThanOrEqual(5);
      const progress = told.flatMap(({ event, payload }) =>
        event === 'training.progress' ? [(payload as { data: Record<string, number> }).data] : [],
      );
      expect(progress.length).toBeGreaterThan(10);
      expect(progress.map(({ round }) => round)).toEqual(
        progress.map(({ round }) => round).toSorted((one, other) => one! - other!),
      );
      const { jobId, rounds, train, valid, etaMs } = progress.at(-2)!;
      expect({ jobId, rounds }).toEqual({ jobId: id, rounds: 1_600 });
      expect([train, valid, etaMs].every((value) => Number.isFinite(value))).toBe(true);
      expect(await checkpointOf(id)).toBeNull();
      socket.close();
    },
    LONG,
  );

  it(
    'goes on after a kill -9 of its process, to the same model',
    async () => {
      const { id } = await start();
      await atHalf(id);
      process.kill(await child(), 'SIGKILL');
      const training = await endOf(app, user, id, LONG);
      expect(training).toMatchObject({ state: 'succeeded', attempts: 2 });
      expect(training.log.map(({ line }) => line)).toContain('Attempt 2: goes on from the last checkpoint.');
      expect(await modelHash(app, modelId, training.version)).toBe(wholeHash);
    },
    LONG,
  );

  it(
    'fails with a reason when its process dies each time, and does so for nobody else',
    async () => {
      const { id } = await start(ENDLESS);
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        await whenTraining(
          app,
          user,
          id,
          'run',
          ({ state, attempts }) => state === 'running' && attempts === attempt,
        );
        process.kill(await child(), 'SIGKILL');
      }
      expect(await endOf(app, user, id)).toMatchObject({
        state: 'failed',
        attempts: 3,
        error: { code: 'training_crashed', detail: 'The process that trained has ended before it was done.' },
        version: null,
      });
    },
    LONG,
  );

  it(
    'stops within two seconds when it is canceled by another process, and leaves no version',
    async () => {
      const other = await startApp({ services: app.services });
      const socket = await TestSocket.open(app.url, user.accessToken);
      const { id } = await start(ENDLESS);
      await socket.next('training.progress', ({ data }: { data: { jobId: string } }) => data.jobId === id);
      const before = await versions();
      await other.http().post(`/api/v1/jobs/${id}/cancel`).set(user.headers).expect(202);
      const askedAt = performance.now();
      const canceled = await socket.next(
        'training.canceled',
        ({ data }: { data: { jobId: string } }) => data.jobId === id,
      );
      const tookMs = performance.now() - askedAt;
      expect(tookMs).toBeLessThan(2_000);
      expect(canceled.data).toEqual({ jobId: id, modelId });
      await waitFor('its process to be gone', () => childrenRunning(PROGRAM).length === 0, 1_000);
      expect(await endOf(app, user, id)).toMatchObject({ state: 'canceled', error: null, version: null });
      expect(await versions()).toBe(before);
      socket.close();
      await other.close();
    },
    LONG,
  );

  it(
    'stops when its model is deleted',
    async () => {
      const doomed = await aModel(app, user);
      const { id } = await aTraining(app, user, doomed, { datasetId, ...ENDLESS });
      await child();
      await app.http().delete(`/api/v1/models/${doomed}`).set(user.headers).expect(204);
      const job = await waitFor(
        'the job to end',
        async () => {
          const { body } = await app.http().get(`/api/v1/jobs/${id}`).set(user.headers).expect(200);
          return body.finishedAt === null ? undefined : body;
        },
        LONG,
      );
      expect(job).toMatchObject({ state: 'failed', error: { code: 'model_not_found' } });
      expect(childrenRunning(PROGRAM)).toEqual([]);
    },
    LONG,
  );

  async function versions(): Promise<number> {
    const rows = await app.database.query('SELECT 1 FROM model_versions WHERE model_id = $1', [modelId]);
    return rows.length;
  }
});

/** The most messages of one second, by the time at which they were sent. */
function mostInOneSecond(messages: readonly Received[]): number {
  const times = messages.map(({ payload }) => Date.parse((payload as { at: string }).at));
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
}
