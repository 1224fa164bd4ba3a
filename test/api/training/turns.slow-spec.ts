// Whose training runs when: as many of one user at the same time as the tier allows, the oldest first, and all of
// them in the end.

import { startApp, type TestApp } from '../../support/app.js';
import { aUser, anAdmin, type SignedInUser } from '../../support/builders.js';
import {
  aDataset,
  aModel,
  aTraining,
  endOf,
  labelledCsv,
  trainingOf,
  whenTraining,
} from './training-builders.js';

const LONG = 120_000;
const QUICK = { target: 'label', algorithm: 'gbdt', params: { rounds: 5, maxLeaves: 4 } };
const ENDLESS = { target: 'label', algorithm: 'gbdt', params: { rounds: 2_000, maxLeaves: 256, minLeaf: 1 } };

interface Span {
  readonly id: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

describe('the trainings of one user', () => {
  let app: TestApp;
  let second: TestApp;

  beforeAll(async () => {
    app = await startApp({ worker: true });
    second = await startApp({ services: app.services, worker: true });
  });
  afterAll(async () => {
    await second.close();
    await app.close();
  });

  async function aTrainer(tier: string, rows: number) {
    const user = await aUser(app);
    await app.database.query('UPDATE users SET tier = $2 WHERE id = $1', [user.id, tier]);
    const datasetId = await aDataset(app, user, labelledCsv(rows, 4));
    return { user, datasetId, modelId: await aModel(app, user) };
  }
  const spansOf = (user: SignedInUser) =>
    app.database.query<Span>(
      `SELECT id, started_at AS "startedAt", finished_at AS "finishedAt" FROM jobs
       WHERE name = 'training.run' AND owner_id = $1 ORDER BY id`,
      [user.id],
    );

  it.each([
    ['free', 1, 4],
    ['pro', 2, 6],
  ])(
    'run no more at once than %s allows: %i',
    async (tier, most, count) => {
      const { user, datasetId, modelId } = await aTrainer(tier, 300);
      // All at once, half of them through the other process.
      const started = await Promise.all(
        Array.from({ length: count }, (_, index) =>
          aTraining(index % 2 === 0 ? app : second, user, modelId, { datasetId, ...QUICK, seed: index }),
        ),
      );
      for (const { id } of started) {
        expect(await endOf(app, user, id, LONG)).toMatchObject({ state: 'succeeded', attempts: 1 });
      }
      const spans = await spansOf(user);
      expect(mostAtOnce(spans)).toBe(most);
      // Ids are in the order in which they came; the first to be accepted did not wait for any other.
      const byStart = spans.toSorted((one, other) => one.startedAt.getTime() - other.startedAt.getTime());
      const waited = byStart.slice(1).map(({ id }) => id);
      if (most === 1) expect(waited).toEqual(waited.toSorted());
    },
    LONG,
  );

  it(
    'wait without a worker, and go on as soon as one is canceled',
    async () => {
      const { user, datasetId, modelId } = await aTrainer('free', 5_000);
      const running = await aTraining(app, user, modelId, { datasetId, ...ENDLESS });
      const [canceledWaiting, waiting] = [
        await aTraining(app, user, modelId, { datasetId, ...ENDLESS }),
        await aTraining(app, user, modelId, { datasetId, ...QUICK }),
      ];
      await whenTraining(app, user, running.id, 'run', ({ state }) => state === 'running');
      const cancel = (id: string) =>
        app.http().post(`/api/v1/jobs/${id}/cancel`).set(user.headers).expect(202);
      await cancel(canceledWaiting.id);
      expect(await trainingOf(app, user, canceledWaiting.id)).toMatchObject({
        state: 'canceled',
        startedAt: null,
        attempts: 0,
      });
      expect(await trainingOf(app, user, waiting.id)).toMatchObject({ state: 'queued', startedAt: null });

      await cancel(running.id);
      expect(await endOf(app, user, waiting.id)).toMatchObject({ state: 'succeeded', attempts: 1 });

      // Started over by an administrator, it waits for its turn again.
      const blocking = await aTraining(app, user, modelId, { datasetId, ...ENDLESS });
      const admin = await anAdmin(app);
      const retry = `/api/v1/admin/jobs/${canceledWaiting.id}/retry`;
      await app.http().post(retry).set(admin.headers).expect(202);
      await whenTraining(app, user, blocking.id, 'run', ({ state }) => state === 'running');
      expect(await trainingOf(app, user, canceledWaiting.id)).toMatchObject({ state: 'queued', attempts: 0 });
      await cancel(blocking.id);
      await whenTraining(app, user, canceledWaiting.id, 'run', ({ state }) => state === 'running');
      await cancel(canceledWaiting.id);
      expect(await endOf(app, user, canceledWaiting.id)).toMatchObject({ state: 'canceled' });
    },
    LONG,
  );
});

function mostAtOnce(spans: readonly Span[]): number {
  return Math.max(
    ...spans.map(
      ({ startedAt }) =>
        spans.filter((other) => other.startedAt <= startedAt && other.finishedAt > startedAt).length,
    ),
  );
}
