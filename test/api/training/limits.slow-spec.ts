// A training that takes more than it may: it fails and says what to do, and its worker goes on.

import { startApp, type TestApp } from '../../support/app.js';
import { childrenRunning } from '../../support/child-processes.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { aDataset, aModel, aTraining, endOf, labelledCsv } from './training-builders.js';

const LONG = 180_000;
/** Longer than any test. */
const ENDLESS = {
  target: 'label',
  algorithm: 'gbdt',
  params: { rounds: 2_000, maxLeaves: 256, earlyStoppingRounds: 0 },
};

describe.each([
  ['time', { TRAINING_TIME_LIMIT: '4s' }, 'training_timed_out', /fewer rounds, fewer rows/],
  ['memory', { TRAINING_MEMORY_LIMIT: '96MiB' }, 'training_out_of_memory', /Leave out columns/],
])('a training that takes more %s than it may', (_what, settings, code, advice) => {
  let app: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp({ worker: true, settings });
    user = await aUser(app);
  }, LONG);
  afterAll(() => app.close());

  it(
    'fails with words that help, for good, and leaves its worker at work',
    async () => {
      const datasetId = await aDataset(app, user, labelledCsv(8_000, 12));
      const modelId = await aModel(app, user);
      const { id } = await aTraining(app, user, modelId, { datasetId, ...ENDLESS });
      const training = await endOf(app, user, id, LONG);
      expect(training).toMatchObject({
        state: 'failed',
        attempts: 1,
        version: null,
        error: { code, detail: expect.stringMatching(advice) },
      });
      expect(JSON.stringify(training)).not.toMatch(/\/tmp|\.js|node_modules|    at /);
      expect(childrenRunning('training.child.js')).toEqual([]);
      // The same worker has the next job.
      await aDataset(app, user, labelledCsv(20, 2));
    },
    LONG,
  );
});
